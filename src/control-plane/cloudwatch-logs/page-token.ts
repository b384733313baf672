import type { LogPosition } from '../../telemetry/log-archive';
import { invalidParameter } from './logs-error';

/** Position that has been read in each function's log. */
export type Positions = Readonly<Record<string, LogPosition>>;

export function tokenOf(positions: Positions): string {
  const numbers = Object.entries(positions).map(([name, { file, offset, head }]) => [
    name,
    file,
    offset,
    head,
  ]);
  return Buffer.from(JSON.stringify(numbers)).toString('base64url');
}

/** @throws {LogsError} if the text is not a token */
export function positionsOf(token: string): Positions {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(read) && read.every(isEntry))
      return Object.fromEntries(read.map(([name, file, offset, head]) => [name, { file, offset, head }]));
  } catch {
    // Not a token of lambdock.
  }
  throw invalidParameter('The specified nextToken is invalid.');
}

type Entry = readonly [name: string, file: string, offset: number, head: number];

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, file, offset, head] = value as readonly unknown[];
  return (
    [name, file].every((each) => typeof each === 'string') &&
    [offset, head].every(isCount) &&
    Number(head) <= Number(offset)
  );
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
