import type { LogLine } from './log-line';

export type LogSink = (line: LogLine) => void;

/** Hands every log line to all who listen, and keeps the latest for those who come later. */
export class Journal {
  readonly #sinks = new Set<LogSink>();
  readonly #latest: LogLine[] = [];
  readonly #keep: number;

  /** `keep`: how many lines are held in memory for `latest`. */
  constructor(keep = 2_000) {
    this.#keep = keep;
  }

  write(line: LogLine): void {
    this.#latest.push(line);
    // Cut in steps, so that a busy journal does not move its whole memory for every line.
    if (this.#latest.length > this.#keep * 1.5) this.#latest.splice(0, this.#latest.length - this.#keep);
    for (const sink of this.#sinks) sink(line);
  }

  /** The last `count` lines, oldest first, of one function or of all. */
  latest(count: number, functionName?: string): LogLine[] {
    const lines =
      functionName === undefined
        ? this.#latest
        : this.#latest.filter((line) => line.functionName === functionName);
    return count <= 0 ? [] : lines.slice(-count);
  }

  /** Calls `sink` for every line from now on, until the returned function is called. */
  follow(sink: LogSink): () => void {
    this.#sinks.add(sink);
    return () => void this.#sinks.delete(sink);
  }
}
