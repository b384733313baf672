import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parsed } from './http';

/** Address of a folder's running lambdock. */
export interface RunningRecord {
  /** E.g. `http://127.0.0.1:9001`. */
  readonly endpoint: string;
  /** Its instance name, which its health response repeats. */
  readonly instance: string;
  /** The process, where lambdock runs in the foreground. */
  readonly pid?: number;
}

const recordOf = (folder: string) => join(folder, '.lambdock', 'running.json');

/** Records the address of this folder's lambdock. In a read-only folder there is no record. */
export function recordRunning(folder: string, record: RunningRecord): void {
  const file = recordOf(folder);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(record)}\n`);
  } catch {
    // Commands then need --port or --endpoint, as they do for a lambdock of another machine.
  }
}

/** Removes the record unless another lambdock of this folder has replaced it. */
export function forgetRunning(folder: string, instance: string): void {
  if (readRecord(folder)?.instance !== instance) return;
  try {
    rmSync(recordOf(folder), { force: true });
  } catch {
    // Commands detect an outdated record, since its address does not respond.
  }
}

/** The record of this folder, or of the nearest folder above it. A record of a dead process counts as absent. */
export function findRunning(folder: string): RunningRecord | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const record = readRecord(at);
    if (record !== undefined && isAlive(record)) return record;
    if (dirname(at) === at) return undefined;
  }
}

function readRecord(folder: string): RunningRecord | undefined {
  try {
    const read = parsed(readFileSync(recordOf(folder), 'utf8'));
    return isRecord(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RunningRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'endpoint' in value &&
    typeof value.endpoint === 'string' &&
    'instance' in value &&
    typeof value.instance === 'string'
  );
}

function isAlive({ pid }: RunningRecord): boolean {
  if (typeof pid !== 'number') return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process of another user may not be signalled, but exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
