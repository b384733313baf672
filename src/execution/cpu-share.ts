import { limits } from '../aws/limits';
import type { Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';

/**
 * CPU of a runtime that restarts after a crash or timeout: the whole CPU, as in the init phase, or the function's
 * share.
 */
export type ResetInit = 'boosted' | 'throttled';

/** The CPU of one environment: the whole CPU until init has ended, then the share that follows from its memory size. */
export class CpuShare {
  readonly #share: number;
  readonly #resetInit: ResetInit;
  /** The limit that was set last; none at first. */
  #vcpus = Number.POSITIVE_INFINITY;

  constructor({ memoryMiB, debug }: Pick<FunctionVersion, 'memoryMiB' | 'debug'>, resetInit: ResetInit) {
    // A debugger at a tenth of a CPU takes seconds for every step.
    this.#share = debug === undefined ? memoryMiB / limits.memoryMiBPerVcpu : Number.POSITIVE_INFINITY;
    this.#resetInit = resetInit;
  }

  /** Call it when init has ended. */
  limit(sandbox: Sandbox | undefined): Promise<void> | undefined {
    return this.#set(sandbox, this.#share);
  }

  /**
   * Call it when processes are killed and will restart. AWS boosts the init phase; it does not document whether it
   * boosts a restart. Without the boost, a small function's imports can take longer than its timeout, and it never
   * recovers.
   */
  reset(sandbox: Sandbox | undefined): Promise<void> | undefined {
    return this.#set(sandbox, this.#resetInit === 'boosted' ? Number.POSITIVE_INFINITY : this.#share);
  }

  #set(sandbox: Sandbox | undefined, vcpus: number): Promise<void> | undefined {
    if (this.#vcpus === vcpus) return undefined;
    this.#vcpus = vcpus;
    return sandbox?.limitCpu(vcpus);
  }
}
