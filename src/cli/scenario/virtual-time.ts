import type { Clock } from '../../lib/clock';
import type { Emulator } from '../client/emulator';

/** The most that the route takes at once: a week. */
const stepMost = 604_800_000;

/** Idle time that a run owes lambdock is let pass in steps of at least this, in milliseconds. */
const owedLeast = 250;

/**
 * A scenario's own time. It runs `speed` times as fast as the clock and can be skipped; what it is ahead of the clock
 * passes for idle environments, too.
 */
export class VirtualTime {
  readonly #beganAt: number;
  #skippedMs = 0;
  /** Idle time that lambdock was given. */
  #givenMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly emulator: Pick<Emulator, 'advanceIdle'>,
    private readonly speed: number,
  ) {
    this.#beganAt = clock.elapsed();
  }

  get realMs(): number {
    return this.clock.elapsed() - this.#beganAt;
  }

  get nowMs(): number {
    return this.realMs * this.speed + this.#skippedMs;
  }

  /** Resolves when the scenario's time has come, or earlier where `orElse` does. */
  until(atMs: number, orElse?: Promise<void>): Promise<void> {
    const waitMs = (atMs - this.nowMs) / this.speed;
    if (waitMs <= 0) return Promise.resolve();
    const { clock } = this;
    return new Promise((resolve) => {
      const alarm = clock.alarm(clock.now() + Math.floor(waitMs), resolve);
      void orElse?.then(() => {
        alarm.clear();
        resolve();
      });
    });
  }

  /** Skips to a moment. The scenario's time is paused while `rest` runs. */
  async skipTo(atMs: number, rest: () => Promise<void>): Promise<void> {
    await this.#give(Math.floor(atMs - this.realMs - this.#givenMs));
    await rest();
    this.#skippedMs += atMs - this.nowMs;
  }

  /** Advances lambdock's idle time to the scenario's time. */
  async settle(): Promise<void> {
    const owedMs = Math.floor(this.nowMs - this.realMs - this.#givenMs);
    if (owedMs >= owedLeast) await this.#give(owedMs);
  }

  async #give(owedMs: number): Promise<void> {
    this.#givenMs += Math.max(0, owedMs);
    for (let left = owedMs; left > 0; left -= stepMost)
      await this.emulator.advanceIdle(Math.min(left, stepMost));
  }
}
