import { type Alarm, systemClock } from '../lib/clock';

/** How long a line may wait for others: shorter than anyone sees, longer than an invocation. */
const waitMs = 20;

/**
 * Gathers what comes in quick succession and hands it on together: an invocation says three lines, and to render and
 * write each by itself would cost the thread that invocations run on several times as much.
 */
export class Batcher<T> {
  readonly #handOn: (items: readonly T[]) => void;
  #items: T[] = [];
  #alarm: Alarm | undefined;

  constructor(handOn: (items: readonly T[]) => void) {
    this.#handOn = handOn;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#alarm ??= systemClock.alarm(systemClock.now() + waitMs, () => this.flush());
  }

  /** Hands on what waits, now. */
  flush(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#handOn(items);
  }
}
