import type { FunctionVersion } from '../../functions/function-version';
import type { InvocationRequest } from '../invocation';
import type { EndedTask, Event, State } from '../lifecycle/lifecycle-types';
import type { InitializationType } from '../process/process-environment';
import type { AssignedSandbox } from '../spares/spare';

/** Why an environment ended. `shutdown`: lambdock itself ended. */
export type EndCause = 'idle-expiry' | 'crash' | 'retired' | 'scale-in' | 'code-change' | 'shutdown';

/** Why an environment was started. An end cause is that of the environment before it. */
export type StartCause =
  | Exclude<EndCause, 'shutdown'>
  | 'first-call'
  | 'scale-out'
  | 'forced'
  | 'warmed'
  | 'provisioned';

/** A delay from the settings, and the source of its figure. */
export interface DeclaredDelay {
  readonly ms: number;
  readonly source: string;
}

export interface MadeEnvironment {
  readonly version: FunctionVersion;
  readonly logStream: string;
  readonly initializationType: InitializationType;
  readonly cause: StartCause;
  /** The request that it is started for; absent for an environment started ahead of need. */
  readonly request?: InvocationRequest;
}

/**
 * Observes execution. Every invocation calls these methods: they must return within microseconds and must not throw.
 */
export interface ExecutionObserver {
  /** A request was admitted. */
  arrived(request: InvocationRequest): void;
  /** A request was throttled. */
  throttled(request: InvocationRequest): void;
  /** The first bytes of a streamed response came. */
  responding(request: InvocationRequest): void;
  /** A request ended without a response of its function, perhaps without an environment. */
  failed(request: InvocationRequest): void;
  environmentMade(made: MadeEnvironment): EnvironmentObserver;
}

/** Observes one environment. */
export interface EnvironmentObserver {
  sandboxTaken(taken: AssignedSandbox): void;
  /** Its start is delayed. */
  delayed(delay: DeclaredDelay): void;
  /** Called after every step, even if the state is the same. */
  stepped(before: State, event: Event, after: State): void;
  /** Its processes were frozen or thawed. Not called if a freeze was skipped. */
  frozen(isFrozen: boolean): void;
  /** The figures of an ended task are known. Called after the response, perhaps after the next task's start. */
  reported(ended: EndedTask, figures: { readonly billedMs: number; readonly memoryUsedMiB: number }): void;
  /** Bytes that a process sent to X-Ray's daemon: a header, a line break and a segment. */
  segment(bytes: Buffer): void;
  ended(cause: EndCause): void;
}
