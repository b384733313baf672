import type { Writable } from 'node:stream';
import { eventsOf, type LogBatch, type LogLine } from './log-line';

/** Limit of bytes that wait for a slow follower. Further events are dropped. */
const waitingMostBytes = 4 * 1024 * 1024;

/** Sends log events to a follower. A slow follower does not slow functions. */
export class LogFollower {
  readonly #output: Writable;
  #leftOut = 0;

  constructor(
    output: Writable,
    /** Returns the line with its line break. */
    private readonly render: (line: LogLine) => string,
  ) {
    this.#output = output;
  }

  send(batch: LogBatch): void {
    const { events = 1, text } = batch;
    // An event takes about 200 bytes in addition to its text.
    const bytes = text.length + events * 200;
    if (this.#output.writableLength + bytes > waitingMostBytes && this.#output.writableLength > 0) {
      this.#leftOut += events;
      return;
    }
    const lines: LogLine[] = this.#leftOut === 0 ? [] : [{ ...batch, text: leftOutNote(this.#leftOut) }];
    this.#leftOut = 0;
    lines.push(...eventsOf(batch));
    this.#output.write(lines.map(this.render).join(''));
  }
}

const leftOutNote = (lines: number) => `… ${lines} lines left out: they came faster than they were read`;
