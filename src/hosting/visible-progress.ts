import type { Alarm, Clock } from '../lib/clock';

/** A state that changes by itself is shown at least so long, and until it was read. */
const leastMs = 100;
/** Where it is not read. */
const mostMs = 500;

/**
 * Keeps states such as `InProgress` visible for a moment, since lambdock finishes changes, which take minutes on the
 * service, before a client could see them. Only the displayed state waits; invocations use the ready version.
 */
export class VisibleProgress {
  /** Start of the change that was last read, by resource. */
  readonly #read = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();
  readonly #alarms = new Set<Alarm>();

  constructor(private readonly clock: Clock) {}

  /** Whether what began at `sinceMs` is still shown; this counts as a read. */
  look(key: string, sinceMs: number): boolean {
    const isShown = this.#isShown(key, sinceMs);
    if (isShown) this.read(key, sinceMs);
    return isShown;
  }

  /** The state of what began at `sinceMs` was read. */
  read(key: string, sinceMs: number): void {
    this.#read.set(key, sinceMs);
    this.#waiting.get(key)?.();
  }

  /** Resolves when what began at `sinceMs` has been shown long enough. */
  async shown(key: string, sinceMs: number): Promise<void> {
    while (this.#isShown(key, sinceMs)) await this.#nextStep(key, sinceMs);
    this.#read.delete(key);
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const alarm of this.#alarms) alarm.clear();
    this.#alarms.clear();
  }

  #isShown(key: string, sinceMs: number): boolean {
    const shownMs = this.clock.now() - sinceMs;
    return shownMs < leastMs || (shownMs < mostMs && this.#read.get(key) !== sinceMs);
  }

  /** The end of the shortest time, or of the longest; or the read in between. */
  #nextStep(key: string, sinceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const isYoung = this.clock.now() - sinceMs < leastMs;
      const done = () => {
        this.#waiting.delete(key);
        this.#alarms.delete(alarm);
        alarm.clear();
        resolve();
      };
      const alarm = this.clock.alarm(sinceMs + (isYoung ? leastMs : mostMs), done);
      this.#alarms.add(alarm);
      if (!isYoung) this.#waiting.set(key, done);
    });
  }
}
