import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LineSplitter } from './text/lines';

export interface ChildRun {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Absent: this process's own. */
  readonly folder?: string;
  /** Receives standard output; without it, standard output goes to `onLine`, as standard error does. */
  readonly output?: Writable;
  readonly onLine: (line: string) => void;
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = new LineSplitter();
  for await (const chunk of stream) lines.push(Buffer.from(chunk)).forEach(onLine);
  lines.flush().forEach(onLine);
}

/**
 * Runs a program of the host and resolves to its exit code; undefined if a signal ended it.
 * Rejects with the errno (`ENOENT`) if the program does not exist.
 */
export async function runChild(run: ChildRun): Promise<number | undefined> {
  const child = spawn(run.command, run.arguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(run.folder !== undefined && { cwd: run.folder }),
  });
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? undefined));
  });
  const [code] = await Promise.all([
    ended,
    run.output ? pipeline(child.stdout, run.output) : readLines(child.stdout, run.onLine),
    readLines(child.stderr, run.onLine),
  ]);
  return code;
}
