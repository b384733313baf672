import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** lambdock's own version. `src` and `dist` lie equally deep in the package. */
export const version: string = readVersion();

function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
