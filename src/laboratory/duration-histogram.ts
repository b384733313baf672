/** Upper bounds in seconds. The last bucket has no upper bound. */
export const durationBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900,
] as const;

/** Counts durations by bucket, and keeps the extremes of the current window. */
export class DurationHistogram {
  /** One bucket more than bounds. The counts are not cumulative. */
  readonly counts: number[] = Array.from({ length: durationBounds.length + 1 }, () => 0);
  count = 0;
  sumMs = 0;
  windowLeastMs = Number.POSITIVE_INFINITY;
  windowMostMs = 0;

  add(ms: number): void {
    const seconds = ms / 1_000;
    let bucket = 0;
    while (bucket < durationBounds.length && seconds > (durationBounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.sumMs += ms;
    this.windowLeastMs = Math.min(this.windowLeastMs, ms);
    this.windowMostMs = Math.max(this.windowMostMs, ms);
  }

  beginWindow(): void {
    this.windowLeastMs = Number.POSITIVE_INFINITY;
    this.windowMostMs = 0;
  }
}
