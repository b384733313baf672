import type { ProcessExit } from '../engine/engine';
import type { Invocation } from './invocation';
import type { Fault, Outcome } from './outcome';

/**
 * The words of an environment's life: its states with the data each owns, the events that happen to it (past
 * tense) and the effects it asks for (imperatives). `lifecycle.ts` holds the table over them.
 */

/** The processes that must ask for their next event before an environment is free: `runtime`, `extension/NAME`. */
export type Participants = ReadonlySet<string>;

/** An invocation that has a START in the log and will have a REPORT. */
export interface Task {
  readonly invocation: Invocation;
  /** `Clock.elapsed` when the invoke phase began. */
  readonly startedAt: number;
  /** Milliseconds since the epoch; the function's timeout after the start. */
  readonly deadlineAt: number;
  /** Set on the first invocation of an environment whose init succeeded in its own phase. */
  readonly initDurationMs?: number;
}

/** A task that has its outcome; what its REPORT will say. */
export interface EndedTask {
  readonly task: Task;
  readonly status: 'success' | Fault['status'];
  readonly errorType?: string;
  readonly durationMs: number;
}

interface Leaving {
  /** Asked to go as soon as nothing is under way. */
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
      readonly awaited: Participants;
    } & Leaving)
  | ({
      readonly name: 'initializing';
      readonly phase: 'invoke';
      readonly task: Task;
      readonly startedAt: number;
      readonly deadlineAt: number;
      readonly awaited: Participants;
    } & Leaving)
  /** Free. `parked`: the runtime waits, frozen; `none`: there is none, the next invocation starts it anew. */
  | {
      readonly name: 'ready';
      readonly runtime: 'parked' | 'none';
      readonly initDurationMs?: number;
      readonly deadlineAt: number;
    }
  | ({ readonly name: 'invoking'; readonly task: Task; readonly deadlineAt: number } & Leaving)
  /** Answered; runtime or extensions are still at work. */
  | ({
      readonly name: 'settling';
      readonly ended: EndedTask;
      readonly deadlineAt: number;
      readonly awaited: Participants;
    } & Leaving)
  /** Every process is being killed; afterwards init is done again for an invocation, or the environment rests. */
  | ({
      readonly name: 'resetting';
      readonly next: { readonly initializeFor: Invocation } | { readonly report?: EndedTask };
      readonly deadlineAt: number;
    } & Leaving)
  | { readonly name: 'stopping'; readonly deadlineAt: number }
  | { readonly name: 'gone' };

export type StateName = State['name'];

export type Event =
  | { readonly type: 'sandboxMade' }
  | { readonly type: 'sandboxFailed'; readonly reason: string }
  | { readonly type: 'assigned'; readonly invocation: Invocation }
  | { readonly type: 'parked'; readonly participant: string }
  | { readonly type: 'answered'; readonly outcome: Outcome }
  | { readonly type: 'initFailed'; readonly fault: Fault }
  | { readonly type: 'exited'; readonly exit: ProcessExit }
  | { readonly type: 'startFailed'; readonly fault: Fault }
  | { readonly type: 'processesReset' }
  | { readonly type: 'deadlinePassed' }
  | { readonly type: 'retired' }
  | { readonly type: 'sandboxLost'; readonly reason: string }
  | { readonly type: 'sandboxRemoved' };

export type EventType = Event['type'];

export type Effect =
  | { readonly type: 'startRuntime' }
  | { readonly type: 'limitCpu' }
  | { readonly type: 'tellInitStarted' }
  /** An init that failed; one that succeeded is told by its first REPORT. */
  | {
      readonly type: 'tellInitFailed';
      readonly phase: 'init' | 'invoke';
      readonly durationMs: number;
      readonly status: Fault['status'];
      readonly errorType: string;
    }
  | { readonly type: 'tellStarted'; readonly task: Task }
  | { readonly type: 'thaw' }
  | { readonly type: 'deliver'; readonly task: Task }
  | { readonly type: 'settle'; readonly invocation: Invocation; readonly outcome: Outcome }
  | { readonly type: 'report'; readonly ended: EndedTask }
  | { readonly type: 'freeze' }
  | { readonly type: 'reset' }
  | { readonly type: 'remove' }
  /** It ended in good order, so that its sandbox may be used again. */
  | { readonly type: 'release' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** What the table needs to know besides state and event. */
export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `Clock.elapsed`. */
  readonly elapsedMs: number;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  /** External extensions beside the runtime would stand here too. */
  readonly participants: Participants;
}
