import type { Alarm, Clock } from '../lib/clock';

/** How long an item may wait for others: shorter than anyone sees, longer than an invocation. */
const waitMs = 20;

/**
 * Gathers what comes in quick succession and hands it on together: an invocation writes three lines, and to render and
 * write each alone would cost the thread that invocations run on several times as much.
 */
export class Batcher<T> {
  readonly #clock: Clock;
  readonly #handOn: (items: readonly T[]) => void;
  readonly #weightMost: number;
  #items: T[] = [];
  #weight = 0;
  #alarm: Alarm | undefined;

  /** @param weightMost what weighs more together does not wait */
  constructor(clock: Clock, handOn: (items: readonly T[]) => void, weightMost = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#handOn = handOn;
    this.#weightMost = weightMost;
  }

  add(item: T, weight = 0): void {
    this.#items.push(item);
    this.#weight += weight;
    if (this.#weight > this.#weightMost) this.flush();
    else this.#alarm ??= this.#clock.alarm(this.#clock.now() + waitMs, () => this.flush());
  }

  /** Hands on what waits, now. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    const items = this.#items;
    this.#items = [];
    this.#weight = 0;
    if (items.length > 0) this.#handOn(items);
  }
}
