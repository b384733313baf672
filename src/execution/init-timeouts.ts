import type { FunctionVersion } from '../functions/function-version';

/** This many consecutive calls without a ready runtime are no coincidence. */
const loopLength = 3;

/**
 * Detects functions that can no longer recover: after a timeout the runtime restarts inside the next call. If the
 * restart takes longer than the timeout, every later call times out too.
 */
export class InitTimeouts {
  readonly #warn: (sentence: string) => void;
  /** Consecutive timeouts by the version's ARN. */
  readonly #counts = new Map<string, number>();

  constructor(warn: (sentence: string) => void) {
    this.#warn = warn;
  }

  /** A call reached the handler. */
  delivered({ functionArn }: FunctionVersion): void {
    // Runs for every invocation; mostly the map is empty.
    if (this.#counts.size > 0) this.#counts.delete(functionArn);
  }

  /** A call timed out while the runtime was starting. */
  timedOut({ functionArn, functionName, timeoutMs, memoryMiB }: FunctionVersion): void {
    const count = (this.#counts.get(functionArn) ?? 0) + 1;
    this.#counts.set(functionArn, count);
    if (count !== loopLength) return;
    this.#warn(
      `${functionName}: ${loopLength} calls in a row timed out while its runtime was starting. Each timeout makes the ` +
        `runtime start again in the next call, which takes longer than the timeout of ${timeoutMs / 1_000} s with ` +
        `${memoryMiB} MB. Raise timeout or memorySize, import less outside the handler, or set resetInit: boosted.`,
    );
  }
}
