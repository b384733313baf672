import type { Alarm, Clock } from '../lib/clock';

/** How long a text waits for others: not noticeable, but longer than most invocations. */
const waitMs = 20;

/**
 * Joins texts that arrive in quick succession. An invocation writes three lines; separate writes would cost the main
 * thread several times as much.
 */
export class Batcher {
  readonly #clock: Clock;
  readonly #handOn: (text: string) => void;
  readonly #lengthMost: number;
  #texts: string[] = [];
  #length = 0;
  #alarm: Alarm | undefined;

  /** @param lengthMost waiting texts above this length are passed on immediately */
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

  /** Passes on waiting texts immediately. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    if (texts.length > 0) this.#handOn(texts.join(''));
  }
}
