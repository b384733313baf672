import type { FunctionVersion } from '../functions/function-version';
import type { EnvironmentSummary } from './environment-summary';
import type { StateName, Task } from './lifecycle/lifecycle-types';
import type { AssignedSandbox } from './spares/spare';

/** Counts one environment's invocations, for `lambdock ps` and the operator API. */
export class EnvironmentFigures {
  #invocations = 0;
  #lastUsedAtMs: number | undefined;
  #initDurationMs: number | undefined;

  constructor(
    private readonly version: FunctionVersion,
    readonly madeAtMs: number,
  ) {}

  started(task: Task, nowMs: number): void {
    this.#invocations += 1;
    this.#lastUsedAtMs = nowMs;
    this.#initDurationMs ??= task.initDurationMs;
  }

  summary(
    id: string,
    state: StateName,
    taken: AssignedSandbox | undefined,
    memoryUsedMiB: number | undefined,
  ): EnvironmentSummary {
    return {
      id,
      functionName: this.version.functionName,
      version: this.version.version,
      state,
      madeAtMs: this.madeAtMs,
      invocations: this.#invocations,
      memorySizeMiB: this.version.memoryMiB,
      ...(taken && { engineId: taken.sandbox.engineId, coldStart: taken.coldStart, fill: taken.fill }),
      ...(this.#lastUsedAtMs !== undefined && { lastUsedAtMs: this.#lastUsedAtMs }),
      ...(this.#initDurationMs !== undefined && { initDurationMs: this.#initDurationMs }),
      ...(memoryUsedMiB !== undefined && { memoryUsedMiB }),
    };
  }
}
