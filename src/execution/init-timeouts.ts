import type { FunctionVersion } from '../functions/function-version';

/** So many calls in a row without one that the runtime was ready for: no accident. */
const loopLength = 3;

/**
 * Notices functions that no longer get anywhere: after a timeout the runtime starts again inside the next call, and
 * where that takes longer than the timeout, every later call ends so too.
 */
export class InitTimeouts {
  readonly #warn: (sentence: string) => void;
  /** How many calls in a row, by the version's ARN. */
  readonly #counts = new Map<string, number>();

  constructor(warn: (sentence: string) => void) {
    this.#warn = warn;
  }

  /** A call reached the handler. */
  delivered({ functionArn }: FunctionVersion): void {
    // Called for every invocation, and mostly there is nothing.
    if (this.#counts.size > 0) this.#counts.delete(functionArn);
  }

  /** A call ran into its timeout while the runtime was starting. */
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
