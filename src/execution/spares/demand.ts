/** How long the last burst counts: its size fades to zero over this time. */
export const demandMs = 60_000;

/** Cold starts less than this apart are one burst. */
const burstGapMs = 1_000;

/** Size of recent bursts of cold starts of one kind of sandbox; it fades over a minute. */
export class Demand {
  #burst = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #peak = 0;
  #peakAtMs = 0;

  arrived(nowMs: number): void {
    this.#burst = nowMs - this.#lastMs < burstGapMs ? this.#burst + 1 : 1;
    this.#lastMs = nowMs;
    if (this.#burst < this.level(nowMs)) return;
    this.#peak = this.#burst;
    this.#peakAtMs = nowMs;
  }

  /** Expected size of the next burst. */
  level(nowMs: number): number {
    return Math.ceil(this.#peak * Math.max(0, 1 - (nowMs - this.#peakAtMs) / demandMs));
  }

  /** When the level next falls, in milliseconds since the epoch; undefined if it is 0. */
  fallsAtMs(nowMs: number): number | undefined {
    const level = this.level(nowMs);
    return level === 0 ? undefined : this.#peakAtMs + Math.ceil(demandMs * (1 - (level - 1) / this.#peak));
  }
}
