import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from './log-line';

/** A file that has grown past this is set aside at the next start, over the one set aside before. */
const rotateBytes = 20 * 1024 * 1024;

/** Writes each function's log into `FOLDER/FUNCTION.log`, off the path of any request. */
export class LogFiles {
  readonly #folder: string;
  readonly #fail: (error: Error) => void;
  readonly #files = new Map<string, WriteStream>();

  constructor(folder: string, fail: (error: Error) => void) {
    this.#folder = folder;
    this.#fail = fail;
    mkdirSync(folder, { recursive: true });
  }

  write(line: LogLine): void {
    const request = line.requestId === undefined ? '' : ` ${line.requestId}`;
    this.#file(line.functionName).write(
      `${new Date(line.timeMs).toISOString()} ${line.logStream}${request} ${line.text}\n`,
    );
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => new Promise<void>((done) => file.end(() => done()))));
  }

  #file(functionName: string): WriteStream {
    let file = this.#files.get(functionName);
    if (file === undefined) {
      const path = join(this.#folder, `${functionName}.log`);
      setAsideLarge(path);
      file = createWriteStream(path, { flags: 'a' });
      file.on('error', (cause) => this.#fail(new Error(`The log ${path} cannot be written`, { cause })));
      this.#files.set(functionName, file);
    }
    return file;
  }
}

function setAsideLarge(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes) renameSync(path, `${path}.1`);
}
