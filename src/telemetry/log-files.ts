import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Batcher } from './batcher';
import { LogFile, type LogFileOptions } from './log-file';
import type { LogBatch } from './log-line';

/** Longer batches are written immediately, so that the turn that produced them also pays for the write. */
const heavyLength = 65_536;

/** Up to this many events of a batch each get a line prefix. In larger batches only the first does. */
const prefixedMost = 64;

interface Open {
  readonly file: LogFile;
  readonly batcher: Batcher;
  full: Promise<void> | undefined;
}

/**
 * Writes each function's log to `FOLDER/FUNCTION.log`: `TIME STREAM REQUEST TEXT`. Further lines of a record start with
 * a tab. In large batches, events after the first start with `+ ` and share its time, stream and request.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #options: LogFileOptions;
  readonly #open = new Map<string, Open>();
  #closed = false;

  constructor(folder: string, options: LogFileOptions) {
    this.#folder = folder;
    this.#options = options;
    mkdirSync(folder, { recursive: true });
  }

  pathOf(functionName: string): string {
    return join(this.#folder, `${functionName}.log`);
  }

  /**
   * Drops batches after `close`, since they would open the file again in a folder that may have been removed. If it
   * returns a promise, the file is busy until the promise resolves.
   */
  write(batch: LogBatch): Promise<void> | undefined {
    if (this.#closed) return undefined;
    const open = this.#opened(batch.functionName);
    // Renders each batch on arrival. Rendering many at once would delay the running invocation.
    open.batcher.add(rendered(batch));
    const { full } = open;
    open.full = undefined;
    return full;
  }

  /** Resolves when all earlier log events are on disk or their write has failed. */
  async written(): Promise<void> {
    const all = [...this.#open.values()];
    for (const { batcher } of all) batcher.flush();
    await Promise.all(all.map(({ file }) => file.written()));
  }

  /** Removes files older than `graceMs` of functions that no longer exist. */
  async prune(isDeployed: (functionName: string) => boolean, nowMs: number, graceMs: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const [, functionName] = /^(.+)\.log(?:\.\d+)?$/.exec(name) ?? [];
      if (functionName === undefined || isDeployed(functionName)) continue;
      const file = join(this.#folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found === undefined || nowMs - found.mtimeMs < graceMs) continue;
      const open = this.#open.get(functionName);
      this.#open.delete(functionName);
      await open?.file.close();
      await rm(file, { force: true });
    }
  }

  /** Resolves when everything is on disk or its write has failed. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { batcher } of all) batcher.flush();
    await Promise.all(all.map(({ file }) => file.close()));
  }

  #opened(functionName: string): Open {
    const known = this.#open.get(functionName);
    if (known !== undefined) return known;
    const file = new LogFile(this.pathOf(functionName), this.#options);
    const open: Open = {
      file,
      full: undefined,
      batcher: new Batcher(
        this.#options.clock,
        (text) => {
          open.full = file.append(text);
        },
        heavyLength,
      ),
    };
    this.#open.set(functionName, open);
    return open;
  }
}

function rendered({ timeMs, logStream, requestId, text, events = 1 }: LogBatch): string {
  const request = requestId === undefined ? '' : ` ${requestId}`;
  const prefix = `${isoTime(timeMs)} ${logStream}${request} `;
  if (!text.includes('\n')) return `${prefix}${text}\n`;
  const further = events === 1 ? '\t' : events <= prefixedMost ? prefix : '+ ';
  return `${prefix}${text.replaceAll('\n', () => `\n${further}`)}\n`;
}

let lastMs = Number.NaN;
let lastTime = '';

/** Cached, since many lines have the same millisecond. */
function isoTime(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastTime = new Date(timeMs).toISOString();
    lastMs = timeMs;
  }
  return lastTime;
}
