import type { StateName } from './lifecycle-types';

/** Where an environment's sandbox came from: made ahead, handed back by an earlier environment, or made for it. */
export type ColdStart = 'spare' | 'reused' | 'on-demand';

/** What a person asks of an environment. */
export interface EnvironmentSummary {
  readonly id: string;
  readonly engineId?: string;
  readonly functionName: string;
  readonly version: string;
  readonly state: StateName | 'spare';
  readonly madeAtMs: number;
  readonly lastUsedAtMs?: number;
  readonly invocations: number;
  readonly coldStart?: ColdStart;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  readonly memorySizeMiB: number;
}
