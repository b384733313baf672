import { limits } from '../aws/limits';
import type { Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';

/** What a runtime has that starts again after a crash or timeout: all of the CPU, as in the init phase, or its share. */
export type ResetInit = 'boosted' | 'throttled';

/** The CPU of one environment: all of it until init has ended, then the share that its memory size gives. */
export class CpuShare {
  readonly #share: number;
  readonly #resetInit: ResetInit;
  /** What was asked for last; without a limit at first. */
  #vcpus = Number.POSITIVE_INFINITY;

  constructor({ memoryMiB, debug }: Pick<FunctionVersion, 'memoryMiB' | 'debug'>, resetInit: ResetInit) {
    // A debugger at a tenth of a CPU takes seconds for every step.
    this.#share = debug === undefined ? memoryMiB / limits.memoryMiBPerVcpu : Number.POSITIVE_INFINITY;
    this.#resetInit = resetInit;
  }

  /** Init has ended. */
  limit(sandbox: Sandbox | undefined): Promise<void> | undefined {
    return this.#set(sandbox, this.#share);
  }

  /**
   * Processes are killed and will start again. AWS boosts the init phase; whether it boosts this one is not documented.
   * At its share a small function can need longer for its imports than its timeout allows, and then never recovers.
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
