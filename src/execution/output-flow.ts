import type { Sandbox } from '../engine/engine';
import type { Alarm, Clock } from '../lib/clock';
import { atEndOfTurn } from '../lib/end-of-turn';

/** Pauses and resumes a sandbox's output. */
export interface OutputValve {
  pauseOutput(): void;
  resumeOutput(): void;
}

/** A flood is more bytes than this at once, or more than `heavyMs` of work within `windowMs`. */
const heavyBytes = 16_384;
const heavyMs = 1;
const windowMs = 20;

/** After work on a flood, output rests for this multiple of the work's duration, at least `restLeastMs`. */
const restFactor = 2;
const restLeastMs = 1;
const restMostMs = 250;

/** Most bytes of output that wait in memory. */
const waitingMostBytes = 262_144;
const waitingRestMs = 20;

/** Longest wait for a sink; after it the sink drops output. */
const sinkLimitMs = 5_000;

/** When work on floods may resume. All environments share it, since they share one thread. */
const shared = { freeAtMs: 0 };

/**
 * Slows a function that prints faster than its output can be handled: its writes block once its pipe is full, as on
 * Lambda, and other functions are served meanwhile.
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

  /** Sets the valve for output from now on. */
  follow(valve: OutputValve): void {
    this.#valve = valve;
  }

  /** Counts bytes that were read and wait for `handle`: earlier lines may wait for the sandbox's figures. */
  arrived(bytes: number): void {
    this.#waitingBytes += bytes;
    // For a limited time: the awaited figures come from the sandbox, after its output.
    if (this.#waitingBytes > waitingMostBytes) this.#pauseUntil(this.#clock.elapsed() + waitingRestMs);
  }

  /** Does the work for `bytes` bytes. If it returns a promise, a sink is full until that resolves. */
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
 * Calls `goOn` when all output printed before this call has been emitted. A direct sandbox's output may be read later
 * in this turn or after a pause, and output that follows `goOn` must come after it.
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
