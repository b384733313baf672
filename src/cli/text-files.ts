import { readFileSync, writeFileSync } from 'node:fs';
import { errnoOf } from '../lib/errno';
import { Problem } from './problem';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'was not found',
  EACCES: 'is not accessible',
  EISDIR: 'is a folder',
  ENOTDIR: 'is not below a folder',
};

/** @throws {Problem} if it cannot be read */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw problemOf(error, 'read', file, 'Check the path.');
  }
}

/** @throws {Problem} if it cannot be written */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw problemOf(error, 'write', file, 'Pass the path of a file in a folder that exists.');
  }
}

function problemOf(error: unknown, verb: string, file: string, next: string): unknown {
  const reason = reasons[errnoOf(error) ?? ''];
  return reason === undefined ? error : new Problem(`Cannot ${verb} ${file}: it ${reason}. ${next}`);
}
