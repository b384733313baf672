import type { FillKind } from '../engine/engine';
import type { StateName } from './lifecycle/lifecycle-types';

/**
 * Where an environment's sandbox came from: made ahead for its function (`own-spare`), made ahead for any function
 * (`spare`), emptied after an earlier environment (`reused`), or made when it was needed (`on-demand`).
 */
export type ColdStart = 'own-spare' | 'spare' | 'reused' | 'on-demand';

/** What `lambdock ps` and the operator API show of an environment. */
export interface EnvironmentSummary {
  readonly id: string;
  readonly engineId?: string;
  /** Absent, as is `version`, for a spare that serves any function of its kind. */
  readonly functionName?: string;
  readonly version?: string;
  /** The runtime's identifier or the image that a spare serves. */
  readonly kind?: string;
  readonly state: StateName | 'spare';
  readonly madeAtMs: number;
  readonly lastUsedAtMs?: number;
  readonly invocations: number;
  readonly coldStart?: ColdStart;
  /** How the code was put into the sandbox. */
  readonly fill?: FillKind;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  /** Absent for a spare that serves any function. */
  readonly memorySizeMiB?: number;
}
