import type { ProcessExit } from '../../engine/engine';
import type { Invocation } from '../invocation';
import type { Fault, Outcome } from './outcome';

/**
 * Types of an environment's lifecycle: states with their data, events (past tense) and effects (imperatives).
 * `lifecycle.ts` has the state table.
 */

/** Processes that take part in phases: `runtime`, `extension/NAME`. */
export type Participants = ReadonlySet<string>;

/** `shutdownReason` of an extension's SHUTDOWN event. */
export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

/** What follows a shutdown or a reset. */
export type AfterReset = { readonly initializeFor: Invocation } | { readonly report?: EndedTask };

/** An invocation whose START is logged and whose REPORT will be. */
export interface Task {
  readonly invocation: Invocation;
  /** `Clock.elapsed` when the invoke phase began. */
  readonly startedAt: number;
  /** Milliseconds since the epoch; the function's timeout after the start. */
  readonly deadlineAt: number;
  /** Set on the first invocation of an environment whose init succeeded in its own phase. */
  readonly initDurationMs?: number;
}

/** A task with its outcome, and the fields of its REPORT. */
export interface EndedTask {
  readonly task: Task;
  readonly status: 'success' | Fault['status'];
  readonly errorType?: string;
  readonly durationMs: number;
}

/** Progress of an environment's processes. */
interface Boot {
  /** External extensions are found, then register; then the runtime starts. */
  readonly stage: 'finding' | 'registering' | 'booting';
  /** External extensions that have not registered yet. */
  readonly unregistered: Participants;
  /** Participants that have not asked for their next event yet. */
  readonly awaited: Participants;
}

interface Leaving {
  /** Whether it ends as soon as no invocation runs. */
  readonly retiring: boolean;
}

export type State =
  | ({ readonly name: 'starting'; readonly invocation?: Invocation; readonly deadlineAt: number } & Leaving)
  | ({
      readonly name: 'initializing';
      /** `invoke` when init is done again inside an invocation, under the function's own timeout. */
      readonly phase: 'init';
      readonly invocation?: Invocation;
      readonly startedAt: number;
      readonly deadlineAt: number;
    } & Boot &
      Leaving)
  | ({
      readonly name: 'initializing';
      readonly phase: 'invoke';
      readonly task: Task;
      readonly startedAt: number;
      readonly deadlineAt: number;
    } & Boot &
      Leaving)
  /** Free. `parked`: the runtime waits, frozen; `none`: no runtime runs, the next invocation starts it anew. */
  | {
      readonly name: 'ready';
      readonly runtime: 'parked' | 'none';
      readonly initDurationMs?: number;
      readonly deadlineAt: number;
    }
  | ({
      readonly name: 'invoking';
      readonly task: Task;
      readonly deadlineAt: number;
      /** The runtime has the event once it is restored, whose own deadline this is until then. */
      readonly isRestoring?: true;
      /** An extension may ask for its next event before the runtime responds. */
      readonly awaited: Participants;
    } & Leaving)
  /** Responded; the runtime or extensions still work. */
  | ({
      readonly name: 'settling';
      readonly ended: EndedTask;
      readonly deadlineAt: number;
      readonly awaited: Participants;
    } & Leaving)
  /** The shutdown phase of an environment with extensions: first the runtime exits, then the extensions do. */
  | ({
      readonly name: 'shuttingDown';
      readonly stage: 'runtime' | 'extensions';
      readonly reason: ShutdownReason;
      /** Processes that have not exited yet. */
      readonly living: Participants;
      readonly next: 'release' | 'remove' | AfterReset;
      readonly deadlineAt: number;
      /** When the whole phase ends, in milliseconds since the epoch. */
      readonly endsAt: number;
    } & Leaving)
  /** All processes are being killed; then init is repeated for an invocation, or the environment waits for one. */
  | ({
      readonly name: 'resetting';
      readonly next: AfterReset;
      readonly deadlineAt: number;
    } & Leaving)
  | { readonly name: 'stopping'; readonly deadlineAt: number }
  | { readonly name: 'gone' };

export type StateName = State['name'];

export type Event =
  | { readonly type: 'sandboxMade' }
  | { readonly type: 'sandboxFailed'; readonly reason: string }
  | { readonly type: 'assigned'; readonly invocation: Invocation }
  /** The participants for the external extensions in `/opt/extensions`. */
  | { readonly type: 'extensionsFound'; readonly participants: readonly string[] }
  | { readonly type: 'extensionRegistered'; readonly participant: string }
  | { readonly type: 'parked'; readonly participant: string }
  /** The runtime goes on from its snapshot, or has gone on. */
  | { readonly type: 'restoring' }
  | { readonly type: 'restored' }
  | { readonly type: 'answered'; readonly outcome: Outcome }
  | { readonly type: 'initFailed'; readonly fault: Fault }
  /** An extension reported an error to the Extensions API; it must exit after that. */
  | { readonly type: 'extensionFailed'; readonly fault: Fault }
  | { readonly type: 'exited'; readonly participant: string; readonly exit: ProcessExit }
  | { readonly type: 'startFailed'; readonly fault: Fault }
  | { readonly type: 'processesReset' }
  | { readonly type: 'deadlinePassed' }
  | { readonly type: 'retired' }
  | { readonly type: 'sandboxLost'; readonly reason: string }
  | { readonly type: 'sandboxRemoved' };

export type EventType = Event['type'];

export type Effect =
  | { readonly type: 'findExtensions' }
  | { readonly type: 'startExtensions'; readonly participants: readonly string[] }
  | { readonly type: 'startRuntime' }
  | { readonly type: 'limitCpu' }
  | { readonly type: 'logInitStarted' }
  /** Init has ended or failed: the log lists the extensions. */
  | { readonly type: 'logExtensions'; readonly errorType?: string }
  /** Logs a failed init. A successful one is in the first REPORT line. */
  | {
      readonly type: 'logInitFailed';
      readonly phase: 'init' | 'invoke';
      readonly durationMs: number;
      readonly status: Fault['status'];
      readonly errorType: string;
    }
  | { readonly type: 'logStarted'; readonly task: Task }
  | { readonly type: 'thaw' }
  | { readonly type: 'deliver'; readonly task: Task }
  /** A fault that lambdock detected: an exit, a timeout, a command that cannot be started. */
  | { readonly type: 'logFault'; readonly task: Task; readonly fault: Fault }
  | { readonly type: 'settle'; readonly invocation: Invocation; readonly outcome: Outcome }
  | { readonly type: 'report'; readonly ended: EndedTask }
  | { readonly type: 'freeze' }
  /** SIGTERM, or SIGKILL, to the runtime. */
  | { readonly type: 'endRuntime'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** Sends SHUTDOWN to extensions that subscribed to it and kills the others. */
  | { readonly type: 'shutDownExtensions'; readonly reason: ShutdownReason; readonly deadlineMs: number }
  | { readonly type: 'reset' }
  | { readonly type: 'remove' }
  /** It ended cleanly: its sandbox may be reused. */
  | { readonly type: 'release' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** Input of the table besides state and event. */
export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `Clock.elapsed`. */
  readonly elapsedMs: number;
  readonly timeoutMs: number;
  /** How long the init phase may last; absent: Lambda's limit. */
  readonly initMs?: number;
  readonly idleTimeoutMs: number;
  /** Processes that an invocation waits for: the runtime, and extensions that subscribed to INVOKE. */
  readonly participants: Participants;
  /** Whether `/opt/extensions` may have files; if not, the runtime starts at once. */
  readonly mayHaveExtensions: boolean;
  /** Extensions that have registered. */
  readonly extensions: RegisteredExtensions;
}

export interface RegisteredExtensions {
  /** External extensions: processes from `/opt/extensions`. */
  readonly external: Participants;
  /** Whether the runtime's process has registered an internal extension. */
  readonly hasInternal: boolean;
}
