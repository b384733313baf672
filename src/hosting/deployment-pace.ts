/** A change that comes so soon after a deployment may have been caused by it. */
const causedWithinMs = 1_000;

/** This many consecutive changes of one file may still come from a person. */
const tolerated = 3;

const firstDelayMs = 1_000;

/** Longest delay of a file that changes with every deployment. */
export const longestDelayMs = 30_000;

/**
 * Detects files that change with every deployment and delays the deployments that they cause, each longer than the
 * last. Changes of other files are not delayed, so that an edit is deployed at once.
 */
export class DeploymentPace {
  /** Number of consecutive deployments that each path changed shortly after, and the last of them. */
  readonly #streaks = new Map<string, { readonly length: number; readonly deployment: number }>();
  #deployment = 0;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #running = false;

  begin(): void {
    this.#running = true;
    this.#deployment += 1;
  }

  end(nowMs: number): void {
    this.#running = false;
    this.#lastEndMs = nowMs;
  }

  /** The delay of these changes' deployment, and the path that is delayed for the first time. */
  delay(paths: Iterable<string>, nowMs: number): { readonly delayMs: number; readonly heldBack?: string } {
    const isClose = this.#running || nowMs - this.#lastEndMs < causedWithinMs;
    let delayMs = Number.POSITIVE_INFINITY;
    let heldBack: string | undefined;
    for (const path of paths) {
      const before = this.#streaks.get(path) ?? { length: 0, deployment: -1 };
      const isCounted = before.deployment === this.#deployment;
      // A change at another time is not caused by a deployment, so it resets the count.
      const length = !isClose ? 0 : isCounted ? before.length : before.length + 1;
      this.#streaks.set(path, { length, deployment: this.#deployment });
      if (length === tolerated + 1 && !isCounted) heldBack = path;
      delayMs = Math.min(delayMs, delayOf(length));
    }
    return { delayMs, ...(delayMs > 0 && heldBack !== undefined && { heldBack }) };
  }
}

function delayOf(streak: number): number {
  return streak <= tolerated ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (streak - tolerated - 1));
}
