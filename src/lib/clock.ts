/** An alarm that has been set; clearing it twice, or after it rang, is no error. */
export interface Alarm {
  clear(): void;
}

/** Time as an object, so that what depends on it can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back; with fractions. */
  elapsed(): number;
  /** Calls `ring` at `atMs` (as `now` counts), or at once where that has passed. */
  alarm(atMs: number, ring: () => void): Alarm;
}

/** `setTimeout` fires at once for delays above this (2^31 - 1 ms). */
const longestTimeoutMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  alarm(atMs, ring) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const leftMs = atMs - Date.now();
      timer =
        leftMs > longestTimeoutMs
          ? setTimeout(wait, longestTimeoutMs)
          : setTimeout(ring, Math.max(0, leftMs));
    };
    wait();
    return { clear: () => clearTimeout(timer) };
  },
};
