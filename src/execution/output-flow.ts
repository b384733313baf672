import type { Sandbox } from '../engine/engine';
import type { Alarm, Clock } from '../lib/clock';
import { atEndOfTurn } from '../lib/end-of-turn';

/** What output goes through on its way out of a sandbox. */
export interface OutputValve {
  pauseOutput(): void;
  resumeOutput(): void;
}

/** More than this at once, or work of more than `heavyMs` within `windowMs`, is a flood. */
const heavyBytes = 16_384;
const heavyMs = 1;
const windowMs = 20;

/** After work on a flood everything else has so many times as long, and never less than `restLeastMs`. */
const restFactor = 2;
const restLeastMs = 1;
const restMostMs = 250;

/** More output than this does not wait in memory. */
const waitingMostBytes = 262_144;
const waitingRestMs = 20;

/** Sinks are waited for no longer: what they cannot take by then they drop. */
const sinkLimitMs = 5_000;

/** Until when the work on floods rests: all of them together have their part of the one thread, not each. */
const shared = { freeAtMs: 0 };

/**
 * Holds back a function that prints faster than its output can be handled beside everything else: it blocks in its
 * write once its pipe is full, as on Lambda, and other functions are served meanwhile.
 */
export class OutputFlow {
  readonly #clock: Clock;
  #valve: OutputValve | undefined;
  #windowStartMs = 0;
  #spentMs = 0;
  #waitingBytes = 0;
  #resumeAtMs = 0;
  #alarm: Alarm | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on this is what output comes through. */
  follow(valve: OutputValve): void {
    this.#valve = valve;
  }

  /** So many bytes are read and wait for their `handle`: what is written before them may wait for the sandbox itself. */
  arrived(bytes: number): void {
    this.#waitingBytes += bytes;
    // Only for a while: what is waited for comes from the sandbox behind its output.
    if (this.#waitingBytes > waitingMostBytes) this.#pauseUntil(this.#clock.elapsed() + waitingRestMs);
  }

  /** Does the work for so many bytes. Where it returns a promise, a sink has no room until that resolves. */
  handle(bytes: number, work: () => Promise<void> | undefined): void {
    this.#waitingBytes = Math.max(0, this.#waitingBytes - bytes);
    const startMs = this.#clock.elapsed();
    const full = work();
    const endMs = this.#clock.elapsed();
    if (endMs - this.#windowStartMs > windowMs) {
      this.#windowStartMs = endMs;
      this.#spentMs = 0;
    }
    this.#spentMs += endMs - startMs;
    if (full !== undefined) this.#waitFor(full);
    if (bytes >= heavyBytes || this.#spentMs > heavyMs) this.#rest(endMs, endMs - startMs);
  }

  #rest(nowMs: number, tookMs: number): void {
    const restMs = Math.min(restMostMs, Math.max(restLeastMs, tookMs * restFactor));
    shared.freeAtMs = Math.min(nowMs + restMostMs, Math.max(nowMs, shared.freeAtMs) + restMs);
    this.#pauseUntil(shared.freeAtMs);
  }

  #waitFor(full: Promise<void>): void {
    this.#pauseUntil(this.#clock.elapsed() + sinkLimitMs);
    void full.then(() => {
      this.#resumeAtMs = 0;
      this.#resumeWhenDue();
    });
  }

  #pauseUntil(atMs: number): void {
    if (this.#valve === undefined) return;
    this.#valve.pauseOutput();
    this.#resumeAtMs = Math.max(this.#resumeAtMs, atMs);
    this.#alarm ??= this.#setAlarm();
  }

  #setAlarm(): Alarm {
    const waitMs = Math.max(0, this.#resumeAtMs - this.#clock.elapsed());
    return this.#clock.alarm(this.#clock.now() + Math.floor(waitMs), () => {
      this.#alarm = undefined;
      this.#resumeWhenDue();
    });
  }

  #resumeWhenDue(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    if (this.#clock.elapsed() < this.#resumeAtMs) this.#alarm = this.#setAlarm();
    else this.#valve?.resumeOutput();
  }
}

/**
 * Runs `goOn` when all that was printed before this call has been emitted: in a direct sandbox that may be read later in
 * this turn, or after a pause, and what `goOn` lets the function print must come behind.
 */
export function whenOutputRead(
  sandbox: Pick<Sandbox, 'direct' | 'outputRead'> | undefined,
  goOn: () => void,
  fail: (error: Error) => void,
): void {
  if (!sandbox?.direct) {
    goOn();
    return;
  }
  const waitIfPaused = () => {
    const read = sandbox.outputRead();
    if (read === undefined) goOn();
    else read.then(goOn).catch(fail);
  };
  atEndOfTurn(waitIfPaused, true);
}
