/** The time range that a timeline shows, in milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const shortestMs = 1;
const longestMs = 7 * 24 * 3_600_000;

/** Zooms around a fixed point. A factor below 1 zooms in. */
export function zoomed({ from, to }: TimeRange, factor: number, around: number): TimeRange {
  const span = Math.min(longestMs, Math.max(shortestMs, (to - from) * factor));
  const share = (around - from) / (to - from);
  return { from: around - span * share, to: around + span * (1 - share) };
}

export function moved({ from, to }: TimeRange, ms: number): TimeRange {
  return { from: from + ms, to: to + ms };
}

/** A range of the same span that ends shortly after `now`. */
export function endingAt({ from, to }: TimeRange, now: number): TimeRange {
  const span = to - from;
  const end = now + span * 0.03;
  return { from: end - span, to: end };
}

/** A range that shows all of it, with a margin on both sides. */
export function fitting(from: number, to: number): TimeRange {
  const room = Math.max(500, (to - from) * 0.03);
  return { from: from - room, to: to + room };
}

/** The lanes in a window of `height` pixels at scroll position `top`: first, and one past the last. */
export function lanesWithin(
  count: number,
  laneHeight: number,
  top: number,
  height: number,
): readonly [number, number] {
  const first = Math.max(0, Math.floor(top / laneHeight));
  return [first, Math.min(count, Math.ceil((top + height) / laneHeight))];
}

/** Index of the first item at or after `value`. The items must be in the order of `at`. */
export function firstFrom<T>(items: readonly T[], value: number, at: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(items[middle] as T) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
