import type { Alarm, Clock } from '../lib/clock';

/**
 * One alarm for a deadline that moves; it never fires later than the deadline. An alarm that is set too early is kept
 * and checks the deadline when it fires: every step moves the deadline, mostly to a later time.
 */
export class DeadlineAlarm {
  #set: { readonly atMs: number; readonly alarm: Alarm } | undefined;

  constructor(
    private readonly clock: Clock,
    /** Milliseconds since the epoch; undefined when no deadline is left. */
    private readonly deadlineMs: () => number | undefined,
    private readonly passed: () => void,
  ) {}

  /** Call it after the deadline has moved. */
  adjust(): void {
    const atMs = this.deadlineMs();
    if (this.#set !== undefined && atMs !== undefined && this.#set.atMs <= atMs) return;
    this.#set?.alarm.clear();
    this.#set =
      atMs === undefined ? undefined : { atMs, alarm: this.clock.alarm(atMs, () => this.#ring(atMs)) };
  }

  #ring(rangAtMs: number): void {
    this.#set = undefined;
    const atMs = this.deadlineMs();
    if (atMs === undefined) return;
    if (atMs === rangAtMs) this.passed();
    else this.adjust();
  }
}
