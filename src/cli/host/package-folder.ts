import { join } from 'node:path';

/** The folder of lambdock itself: `src/cli/host` and `dist/cli/host` lie equally deep in it. */
export const packageFolder = join(__dirname, '..', '..', '..');
