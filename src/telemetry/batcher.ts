import type { Alarm, Clock } from '../lib/clock';

/** How long an item may wait for others: not noticeable, but longer than most invocations. */
const waitMs = 20;

/**
 * Gathers texts that come in quick succession and hands them on together: an invocation writes three lines, and to
 * write each alone would cost the thread that invocations run on several times as much.
 */
export class Batcher {
  readonly #clock: Clock;
  readonly #handOn: (text: string) => void;
  readonly #lengthMost: number;
  #texts: string[] = [];
  #length = 0;
  #alarm: Alarm | undefined;

  /** @param lengthMost what is longer together does not wait */
  constructor(clock: Clock, handOn: (text: string) => void, lengthMost: number) {
    this.#clock = clock;
    this.#handOn = handOn;
    this.#lengthMost = lengthMost;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length > this.#lengthMost) this.flush();
    else this.#alarm ??= this.#clock.alarm(this.#clock.now() + waitMs, () => this.flush());
  }

  /** Hands on what waits, now. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    if (texts.length > 0) this.#handOn(texts.join(''));
  }
}
