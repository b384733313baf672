import type { Writable } from 'node:stream';
import { eventsOf, type LogBatch, type LogLine } from './log-line';

/** What may wait for a follower that reads slowly; what comes beyond it is left out. */
const waitingMostBytes = 4 * 1024 * 1024;

/** Sends log events to one who follows. It never holds up a function, however slowly it is read. */
export class LogFollower {
  readonly #output: Writable;
  #leftOut = 0;

  constructor(
    output: Writable,
    /** With its line break. */
    private readonly render: (line: LogLine) => string,
  ) {
    this.#output = output;
  }

  send(batch: LogBatch): void {
    const { events = 1, text } = batch;
    // An event takes some 200 bytes beside its text.
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
