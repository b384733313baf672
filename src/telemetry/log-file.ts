import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import type { Alarm, Clock } from '../lib/clock';
import { deferred } from '../lib/deferred';

export interface LogFileOptions {
  /** A file that would exceed this size is rotated first. */
  readonly maxBytes: number;
  /** Number of files to keep: `NAME.log`, `NAME.log.1`, … */
  readonly files: number;
  readonly fail: (error: Error) => void;
  readonly clock: Clock;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  size: number;
}

/** Above this much waiting text the writer must wait; below a quarter of it the writer may continue. */
const roomBytes = 1_048_576;
/** After this time without writes the file closes its descriptor. */
const idleMs = 5_000;
/** Interval of checks that the path still refers to this file, and delay before a retry of a failed write. */
const lookAgainMs = 1_000;

/** Appends text to a log file, in order, without delaying requests. Retries failed writes later. */
export class LogFile {
  readonly #path: string;
  readonly #options: LogFileOptions;
  readonly #clock: Clock;
  #waiting: string[] = [];
  #waitingLength = 0;
  #room: ReturnType<typeof deferred<void>> | undefined;
  #writing: Promise<void> | undefined;
  #file: OpenFile | undefined;
  #lookedAtMs = 0;
  #idle: Alarm | undefined;
  /** Lines lost since writes fail, and the time of the next retry. */
  #failing: { lost: number; againAtMs: number } | undefined;

  constructor(path: string, options: LogFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#clock = options.clock;
  }

  /** @param text whole lines. If it returns a promise, the file is busy until the promise resolves. */
  append(text: string): Promise<void> | undefined {
    const failing = this.#failing;
    if (failing !== undefined && this.#clock.now() < failing.againAtMs) {
      failing.lost += linesIn(text);
      return undefined;
    }
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    this.#writing ??= this.#write();
    if (this.#waitingLength <= roomBytes) return undefined;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Resolves when everything is on disk or its write has failed. */
  async written(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes everything and closes the descriptor. */
  async close(): Promise<void> {
    await this.written();
    this.#idle?.clear();
    await this.#release();
  }

  async #write(): Promise<void> {
    this.#idle?.clear();
    while (this.#waiting.length > 0) {
      const texts = this.#waiting.splice(0);
      const text = texts.join('');
      try {
        await this.#append(text);
      } catch (cause) {
        await this.#failed(linesIn(text), cause);
      }
      this.#waitingLength = this.#waiting.reduce((sum, each) => sum + each.length, 0);
      if (this.#waitingLength <= roomBytes / 4) this.#makeRoom();
    }
    this.#writing = undefined;
    this.#idle = this.#clock.alarm(this.#clock.now() + idleMs, () => {
      if (this.#writing === undefined) void this.#release();
    });
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  async #append(text: string): Promise<void> {
    const { lost = 0 } = this.#failing ?? {};
    // The failed text may have been written in part.
    const note = this.#failing === undefined ? '' : `\n${lost} lines could not be written here.\n`;
    const bytes = Buffer.from(note + text);
    const file = await this.#open(bytes.length);
    await file.handle.appendFile(bytes);
    file.size += bytes.length;
    this.#failing = undefined;
  }

  async #open(moreBytes: number): Promise<OpenFile> {
    const now = this.#clock.now();
    if (this.#file !== undefined && now - this.#lookedAtMs >= lookAgainMs) {
      // The file was removed, or another lambdock that shares the folder has rotated it.
      const found = await stat(this.#path).catch(() => undefined);
      if (found?.ino === this.#file.inode) this.#file.size = found.size;
      else await this.#release();
      this.#lookedAtMs = now;
    }
    this.#file ??= await this.#openFile();
    if (this.#file.size > 0 && this.#file.size + moreBytes > this.#options.maxBytes) {
      await this.#release();
      await this.#rotate();
      this.#file = await this.#openFile();
    }
    return this.#file;
  }

  async #openFile(): Promise<OpenFile> {
    const handle = await open(this.#path, 'a');
    const { ino: inode, size } = await handle.stat();
    this.#lookedAtMs = this.#clock.now();
    return { handle, inode, size };
  }

  async #rotate(): Promise<void> {
    const { files } = this.#options;
    const nth = (count: number) => (count === 0 ? this.#path : `${this.#path}.${count}`);
    await rm(nth(files - 1), { force: true });
    for (let count = files - 2; count >= 0; count -= 1) {
      await rename(nth(count), nth(count + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined);
  }

  async #failed(lines: number, cause: unknown): Promise<void> {
    const { lost = 0 } = this.#failing ?? {};
    const isNew = this.#failing === undefined;
    this.#failing = { lost: lost + lines, againAtMs: this.#clock.now() + lookAgainMs };
    await this.#release();
    if (isNew) this.#options.fail(new Error(`The log ${this.#path} cannot be written`, { cause }));
  }
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
