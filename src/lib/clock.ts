/** A pending alarm. Clearing it twice, or after it fired, has no effect. */
export interface Alarm {
  clear(): void;
}

/** Time as an object, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back; with fractions. */
  elapsed(): number;
  /**
   * Calls `ring` when the millisecond `atMs` (in the time of `now`) is over, or in the next turn if it is over already.
   * An alarm for `now() + n` fires after at least n whole milliseconds.
   */
  alarm(atMs: number, ring: () => void): Alarm;
}

/** `setTimeout` fires at once for delays above this (2^31 - 1 ms). */
const longestTimeoutMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  alarm(atMs, ring) {
    let timer: NodeJS.Timeout;
    // The machine's clock may be set while an alarm is; what counts is how long was left when it was.
    const dueMs = performance.now() + Math.max(0, atMs + 1 - Date.now());
    // Asked again each time, since a timer may fire up to a millisecond before its time.
    const wait = (isFirst: boolean) => {
      const leftMs = dueMs - performance.now();
      if (leftMs <= 0 && !isFirst) ring();
      else timer = setTimeout(wait, Math.min(Math.max(0, leftMs), longestTimeoutMs), false);
    };
    wait(true);
    return { clear: () => clearTimeout(timer) };
  },
};

/** Does something again and again, each time `ms` after it was done the last time, until that is cleared. */
export function every(clock: Clock, ms: number, work: () => void): Alarm {
  let alarm: Alarm | undefined;
  let cleared = false;
  const set = () => {
    alarm = clock.alarm(clock.now() + ms, () => {
      work();
      if (!cleared) set();
    });
  };
  set();
  return {
    clear() {
      cleared = true;
      alarm?.clear();
    },
  };
}

/** Resolves like `work`; if that takes longer than `limitMs`, calls `onLate`. */
export function within(
  limitMs: number,
  clock: Clock,
  work: Promise<void>,
  onLate: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const alarm = clock.alarm(clock.now() + limitMs, () => {
      onLate();
      resolve();
    });
    work.then(resolve, reject).finally(() => alarm.clear());
  });
}
