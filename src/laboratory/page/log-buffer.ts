import type { LogRow } from '../../operator-api/contract';

export interface LogEntry extends LogRow {
  /** Sequence number of the line, which identifies it on the page. */
  readonly at: number;
}

export interface LogFilter {
  readonly functionName?: string;
  /** Part of the text, case-insensitive. */
  readonly contains?: string;
  /** A request id or a prefix of it. */
  readonly requestId?: string;
}

const linesMost = 5_000;

/** The log lines in the page's memory, oldest first. */
export class LogBuffer {
  #lines: LogEntry[] = [];
  #next = 0;

  clear(): void {
    this.#lines = [];
  }

  /** Inserts lines that were read before the lines that arrived live meanwhile. Skips lines that are in both. */
  fill(rows: readonly LogRow[]): void {
    const live = this.#lines;
    let common = Math.min(rows.length, live.length);
    while (common > 0 && !isSame(rows.slice(-common), live.slice(0, common))) common -= 1;
    this.#lines = [];
    this.add(rows);
    this.add(live.slice(common));
  }

  add(rows: readonly LogRow[]): void {
    for (const row of rows) {
      this.#lines.push({ ...row, at: this.#next });
      this.#next += 1;
    }
    if (this.#lines.length > linesMost * 1.2) this.#lines = this.#lines.slice(-linesMost);
  }

  /** The last `most` lines that match the filter, oldest first. */
  select({ functionName, contains, requestId }: LogFilter, most: number): readonly LogEntry[] {
    const part = contains?.toLowerCase();
    const found: LogEntry[] = [];
    for (let at = this.#lines.length - 1; at >= 0 && found.length < most; at -= 1) {
      const line = this.#lines[at] as LogEntry;
      const isWanted =
        (functionName === undefined || line.functionName === functionName || line.about === functionName) &&
        (requestId === undefined || line.requestId?.startsWith(requestId) === true) &&
        (part === undefined || line.text.toLowerCase().includes(part));
      if (isWanted) found.push(line);
    }
    return found.reverse();
  }
}

function isSame(some: readonly LogRow[], others: readonly LogRow[]): boolean {
  return some.every((row, at) => {
    const other = others[at];
    return row.time === other?.time && row.text === other.text && row.logStream === other.logStream;
  });
}

const colors = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Removes colours and escapes other control characters, which a terminal would execute after a copy. */
export function visible(text: string): string {
  return text.replace(colors, '').replace(/[^\P{Cc}\n\t]/gu, (each) => {
    const code = each.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\u2421';
  });
}
