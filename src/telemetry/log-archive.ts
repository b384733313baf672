import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownLogName } from './notices';

/** Position of an event: a later read can continue after it, even if its file has been rotated meanwhile. */
export interface LogPosition {
  /** Unique digits for a file while it exists. An inode number alone is not enough: a new file can get the same one. */
  readonly file: string;
  /** Offset of the first byte after the event. */
  readonly offset: number;
  /** Offset of the last line with time and stream, which also apply to the lines after it. */
  readonly head: number;
}

export interface ArchivedEvent {
  readonly timeMs: number;
  readonly logStream: string;
  readonly text: string;
  /** Unique among all events, and growing within a file. */
  readonly id: string;
  readonly position: LogPosition;
}

/** The log of one function. */
export interface ArchivedLog {
  readonly functionName: string;
  /** Creation time of its oldest file, in milliseconds since the epoch. */
  readonly createdMs: number;
  readonly bytes: number;
}

const chunkBytes = 262_144;
const lineBreak = 10;
const fileName = /^(.+?)\.log(?:\.(\d+))?$/;
const headLine =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+) (?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12} )?(.*)$/s;

interface Head {
  readonly timeMs: number;
  readonly logStream: string;
  readonly offset: number;
}

/** Reads the files that `LogFiles` writes. */
export class LogArchive {
  constructor(
    private readonly folder: string,
    /** Resolves when all earlier log events are in the files. */
    private readonly written: () => Promise<void>,
  ) {}

  /** In name order. */
  async logs(): Promise<readonly ArchivedLog[]> {
    await this.written();
    const found = new Map<string, ArchivedLog>();
    for (const name of await readdir(this.folder)) {
      const [, functionName] = fileName.exec(name) ?? [];
      if (functionName === undefined || functionName === ownLogName) continue;
      const file = await stat(join(this.folder, name)).catch(() => undefined);
      if (file === undefined) continue;
      const { createdMs = file.birthtimeMs, bytes = 0 } = found.get(functionName) ?? {};
      found.set(functionName, {
        functionName,
        createdMs: Math.floor(Math.min(createdMs, file.birthtimeMs)),
        bytes: bytes + file.size,
      });
    }
    return [...found.values()].sort((a, b) => (a.functionName < b.functionName ? -1 : 1));
  }

  /**
   * Batches of events, in the order of writing.
   * @param after continues after this event; if its file was removed, starts with the oldest remaining one
   * @param sinceMs skips files whose last write was earlier
   */
  async *events(
    functionName: string,
    {
      after,
      sinceMs = 0,
    }: { readonly after?: LogPosition | undefined; readonly sinceMs?: number | undefined } = {},
  ): AsyncGenerator<readonly ArchivedEvent[]> {
    await this.written();
    const files = await this.#open(functionName);
    try {
      const begin =
        after === undefined
          ? 0
          : Math.max(
              0,
              files.findIndex((each) => each.file === after.file),
            );
      for (const { handle, file, size, modifiedMs } of files.slice(begin)) {
        if (modifiedMs < sinceMs) continue;
        yield* eventsIn(handle, file, size, file === after?.file ? after : undefined);
      }
    } finally {
      for (const { handle } of files) await handle.close();
    }
  }

  /** Position after the last event; undefined if there is no log. */
  async end(functionName: string): Promise<LogPosition | undefined> {
    await this.written();
    const files = await this.#open(functionName);
    for (const { handle } of files) await handle.close();
    const newest = files.at(-1);
    return newest && { file: newest.file, offset: newest.size, head: newest.size };
  }

  /** Whether the file of a position still exists. */
  async has(functionName: string, { file }: LogPosition): Promise<boolean> {
    const files = await this.#open(functionName);
    for (const { handle } of files) await handle.close();
    return files.some((each) => each.file === file);
  }

  /** Opens files, oldest first. A file that is rotated meanwhile stays readable and is not read twice. */
  async #open(functionName: string) {
    const names = (await readdir(this.folder))
      .flatMap((name) => {
        const [, of, count = '0'] = fileName.exec(name) ?? [];
        return of === functionName ? [{ name, count: Number(count) }] : [];
      })
      .sort((a, b) => b.count - a.count);
    const files: { handle: FileHandle; file: string; size: number; modifiedMs: number }[] = [];
    for (const { name } of names) {
      const handle = await open(join(this.folder, name)).catch(() => undefined);
      if (handle === undefined) continue;
      const { ino, birthtimeMs, size, mtimeMs: modifiedMs } = await handle.stat();
      const file = `${Math.floor(birthtimeMs)}${String(ino).padStart(20, '0')}`;
      if (files.some((each) => each.file === file)) await handle.close();
      else files.push({ handle, file, size, modifiedMs });
    }
    return files;
  }
}

async function* eventsIn(
  handle: FileHandle,
  file: string,
  size: number,
  after: LogPosition | undefined,
): AsyncGenerator<readonly ArchivedEvent[]> {
  const parser = new Parser(file, after?.head ?? 0);
  const from = after?.offset ?? 0;
  const wanted = (events: readonly ArchivedEvent[]) =>
    events.filter(({ position }) => position.offset > from);
  for (let at = after?.head ?? 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(Math.min(chunkBytes, size - at)),
      0,
      undefined,
      at,
    );
    if (bytesRead === 0) break;
    at += bytesRead;
    const events = parser.push(buffer.subarray(0, bytesRead));
    yield wanted(at < size ? events : [...events, ...parser.end()]);
  }
}

/** Splits a file's bytes into lines, and joins the lines of a record. */
class Parser {
  #rest: Buffer = Buffer.alloc(0);
  /** Offset of the first byte of `#rest`. */
  #offset: number;
  #head: Head | undefined;
  #pending: { readonly head: Head; readonly at: number; text: string; end: number } | undefined;

  constructor(
    private readonly file: string,
    offset: number,
  ) {
    this.#offset = offset;
  }

  push(bytes: Buffer): readonly ArchivedEvent[] {
    const events: ArchivedEvent[] = [];
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let from = 0;
    for (let at = all.indexOf(lineBreak); at >= 0; at = all.indexOf(lineBreak, from)) {
      this.#line(all.toString('utf8', from, at), this.#offset + from, this.#offset + at + 1, events);
      from = at + 1;
    }
    this.#rest = all.subarray(from);
    this.#offset += from;
    return events;
  }

  /** Leaves an incomplete line for later. */
  end(): readonly ArchivedEvent[] {
    const events: ArchivedEvent[] = [];
    this.#finish(events);
    return events;
  }

  #line(line: string, at: number, end: number, events: ArchivedEvent[]): void {
    if (line.startsWith('\t') && this.#pending !== undefined) {
      this.#pending.text += `\n${line.slice(1)}`;
      this.#pending.end = end;
      return;
    }
    this.#finish(events);
    if (line.startsWith('+ ') && this.#head !== undefined) {
      this.#pending = { head: this.#head, at, text: line.slice(2), end };
      return;
    }
    const [, time, logStream, text] = headLine.exec(line) ?? [];
    if (time === undefined || logStream === undefined || text === undefined) return;
    this.#head = { timeMs: Date.parse(time), logStream, offset: at };
    this.#pending = { head: this.#head, at, text, end };
  }

  #finish(events: ArchivedEvent[]): void {
    if (this.#pending === undefined) return;
    const { head, at, text, end } = this.#pending;
    this.#pending = undefined;
    const { timeMs, logStream, offset } = head;
    const id = `${this.file}${String(at).padStart(16, '0')}`;
    const position = { file: this.file, offset: end, head: offset };
    events.push({ timeMs, logStream, text, id, position });
  }
}
