import type { Engine } from '../engine/engine';
import type { Clock } from '../lib/clock';
import type { Journal } from '../telemetry/journal';
import type { ResetInit } from './cpu-share';
import type { InitTimeouts } from './init-timeouts';
import type { Invocation } from './invocation';
import type { ExecutionObserver, StartCause } from './observation/observer';
import type { Identity, InitializationType } from './process/process-environment';
import type { OpenRuntimeLink } from './runtime-link';
import type { StartRules } from './spares/start-rules';

/** What all environments share. */
export interface EnvironmentParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly openLink: OpenRuntimeLink;
  readonly identity: Identity;
  readonly idleTimeoutMs: number;
  /** Whether environments are stopped between invocations, as on Lambda. */
  readonly freeze: boolean;
  readonly resetInit: ResetInit;
  readonly initTimeouts: InitTimeouts;
  readonly observer?: ExecutionObserver;
  readonly starts?: StartRules;
  /** Called for internal errors: the state table refused an event, or an effect failed. */
  readonly fail: (error: Error) => void;
}

/** Why an environment is started. */
export interface EnvironmentStart {
  readonly cause: StartCause;
  /** Absent for an environment that is started ahead of need. */
  readonly invocation?: Invocation;
  /** Default: on demand. */
  readonly initializationType?: InitializationType;
}
