import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** lambdock's version. The relative path works in both `src` and `dist`, which have the same depth. */
export const version: string = readVersion();

function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
