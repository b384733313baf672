import type { FunctionVersion } from '../../functions/function-version';
import type { InvocationRequest } from '../invocation';
import type { EndedTask, Event, State } from '../lifecycle/lifecycle-types';
import type { InitializationType } from '../process/process-environment';
import type { AssignedSandbox } from '../spares/spare';

/** Why an environment ended. `shutdown`: lambdock itself ended. */
export type EndCause = 'idle-expiry' | 'crash' | 'retired' | 'scale-in' | 'code-change' | 'shutdown';

/** Why an environment was started; the causes of an end are those of the one before it. */
export type StartCause =
  | Exclude<EndCause, 'shutdown'>
  | 'first-call'
  | 'scale-out'
  | 'forced'
  | 'warmed'
  | 'provisioned';

/** A delay that a setting declares, and where the figure comes from. */
export interface DeclaredDelay {
  readonly ms: number;
  readonly source: string;
}

export interface MadeEnvironment {
  readonly version: FunctionVersion;
  readonly logStream: string;
  readonly initializationType: InitializationType;
  readonly cause: StartCause;
  /** The request that it is made for; absent for one made ahead of need. */
  readonly request?: InvocationRequest;
}

/**
 * Sees what happens in `execution`. Its methods are called on the way of every invocation: they must return in
 * microseconds and must not throw.
 */
export interface ExecutionObserver {
  /** A request was admitted. */
  arrived(request: InvocationRequest): void;
  /** A request was refused, because too many were under way. */
  throttled(request: InvocationRequest): void;
  /** The first bytes of a streamed response came. */
  responding(request: InvocationRequest): void;
  /** A request ended without a response of its function; it may have had no environment. */
  failed(request: InvocationRequest): void;
  environmentMade(made: MadeEnvironment): EnvironmentObserver;
}

/** Sees one environment. */
export interface EnvironmentObserver {
  sandboxTaken(taken: AssignedSandbox): void;
  /** Its start waits for so long. */
  delayed(delay: DeclaredDelay): void;
  /** Called after every step, also where the state stays. */
  stepped(before: State, event: Event, after: State): void;
  /** Its processes were stopped, or go on. Not called where a freeze was spared. */
  frozen(isFrozen: boolean): void;
  /** Figures of an ended task are known. Comes after the response, and may come after the next task's start. */
  reported(ended: EndedTask, figures: { readonly billedMs: number; readonly memoryUsedMiB: number }): void;
  /** Bytes that a process sent to X-Ray's daemon: a header, a line break and a segment. */
  segment(bytes: Buffer): void;
  ended(cause: EndCause): void;
}
