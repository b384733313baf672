import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { Batcher } from './batcher';
import type { LogLine } from './log-line';

/** A file that has grown past this is set aside at the next start, over the one set aside before. */
const rotateBytes = 20 * 1024 * 1024;

interface LogFile {
  readonly stream: WriteStream;
  readonly batcher: Batcher<LogLine>;
}

/** Writes each function's log into `FOLDER/FUNCTION.log`, off the path of any request. */
export class LogFiles {
  readonly #folder: string;
  readonly #fail: (error: Error) => void;
  readonly #files = new Map<string, LogFile>();
  #closed = false;

  constructor(folder: string, fail: (error: Error) => void) {
    this.#folder = folder;
    this.#fail = fail;
    mkdirSync(folder, { recursive: true });
  }

  /** What comes after the end is dropped: it would open its file anew, in a folder that may be gone. */
  write(line: LogLine): void {
    if (this.#closed) return;
    this.#file(line.functionName).batcher.add(line);
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const { batcher } of files) batcher.flush();
    await Promise.all(files.map(({ stream }) => new Promise<void>((done) => stream.end(() => done()))));
  }

  #file(functionName: string): LogFile {
    let file = this.#files.get(functionName);
    if (file === undefined) {
      const path = join(this.#folder, `${functionName}.log`);
      setAsideLarge(path);
      const stream = createWriteStream(path, { flags: 'a' });
      stream.on('error', (cause) => this.#fail(new Error(`The log ${path} cannot be written`, { cause })));
      file = { stream, batcher: new Batcher((lines) => stream.write(lines.map(rendered).join(''))) };
      this.#files.set(functionName, file);
    }
    return file;
  }
}

function rendered({ timeMs, logStream, requestId, text }: LogLine): string {
  const request = requestId === undefined ? '' : ` ${requestId}`;
  return `${isoTime(timeMs)} ${logStream}${request} ${text}\n`;
}

let lastMs = Number.NaN;
let lastTime = '';

/** Lines come several to a millisecond where there are many of them. */
function isoTime(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastTime = new Date(timeMs).toISOString();
    lastMs = timeMs;
  }
  return lastTime;
}

function setAsideLarge(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes) renameSync(path, `${path}.1`);
}
