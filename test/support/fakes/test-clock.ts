import type { Alarm, Clock } from '../../../src/lib/clock';

interface SetAlarm {
  readonly atMs: number;
  readonly order: number;
  readonly ring: () => void;
}

/** Time that stands still until `advance`. */
export class TestClock implements Clock {
  readonly #startMs: number;
  #nowMs: number;
  #order = 0;
  #alarms: SetAlarm[] = [];

  constructor(startMs = Date.UTC(2025, 0, 1)) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return Math.floor(this.#nowMs);
  }

  elapsed(): number {
    return this.#nowMs - this.#startMs;
  }

  /** One whose time has come rings in a microtask, never inside this call, as the system's clock has it. */
  alarm(atMs: number, ring: () => void): Alarm {
    const alarm: SetAlarm = { atMs, order: this.#order++, ring };
    this.#alarms.push(alarm);
    if (atMs <= this.#nowMs) queueMicrotask(() => this.#ring(alarm));
    return { clear: () => this.#drop(alarm) };
  }

  /** When the set alarms ring, earliest first, in milliseconds from now. */
  get alarms(): readonly number[] {
    return this.#alarms.map(({ atMs }) => atMs - this.#nowMs).sort((a, b) => a - b);
  }

  /**
   * Lets `ms` pass. Alarms ring in the order of their times, each at its own time, those that a ringing
   * one sets included. What they begin asynchronously goes on after this call.
   */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#due(endMs); next !== undefined; next = this.#due(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#ring(next);
    }
    this.#nowMs = endMs;
  }

  #due(endMs: number): SetAlarm | undefined {
    return this.#alarms
      .filter(({ atMs }) => atMs <= endMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }

  #ring(alarm: SetAlarm): void {
    if (!this.#alarms.includes(alarm)) return;
    this.#drop(alarm);
    alarm.ring();
  }

  #drop(alarm: SetAlarm): void {
    this.#alarms = this.#alarms.filter((each) => each !== alarm);
  }
}
