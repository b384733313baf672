import { join } from 'node:path';

/** lambdock's package folder; `src/cli/host` and `dist/cli/host` have the same depth in it. */
export const packageFolder = join(__dirname, '..', '..', '..');
