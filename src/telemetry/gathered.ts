import { type Alarm, systemClock } from '../lib/clock';

/** How long a line may wait for others: shorter than anyone sees, longer than an invocation. */
const waitMs = 20;

/**
 * Joins text that comes in quick succession into one write: an invocation says three lines, and each would cost
 * the thread that invocations run on a system call.
 */
export class Gathered {
  readonly #write: (text: string) => void;
  #text = '';
  #alarm: Alarm | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    this.#text += text;
    this.#alarm ??= systemClock.alarm(systemClock.now() + waitMs, () => this.flush());
  }

  /** Writes what waits, now. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#write(text);
  }
}
