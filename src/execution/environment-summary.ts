import type { FillKind } from '../engine/engine';
import type { StateName } from './lifecycle/lifecycle-types';

/**
 * Where an environment's sandbox came from: made ahead for its function (`own-spare`) or for any, emptied after an earlier
 * environment, or made for it.
 */
export type ColdStart = 'own-spare' | 'spare' | 'reused' | 'on-demand';

/** What a person asks of an environment. */
export interface EnvironmentSummary {
  readonly id: string;
  readonly engineId?: string;
  /** Absent, as is `version`, for a spare that serves any function of its kind. */
  readonly functionName?: string;
  readonly version?: string;
  /** What a spare serves: a runtime's identifier, or an image. */
  readonly kind?: string;
  readonly state: StateName | 'spare';
  readonly madeAtMs: number;
  readonly lastUsedAtMs?: number;
  readonly invocations: number;
  readonly coldStart?: ColdStart;
  /** How code came into the sandbox. */
  readonly fill?: FillKind;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  /** Absent for a spare that serves any function. */
  readonly memorySizeMiB?: number;
}
