import type { Duplex } from 'node:stream';
import type { Subscription } from '../telemetry/subscriptions/subscription';
import type { Participants, RegisteredExtensions, ShutdownReason } from './lifecycle/lifecycle-types';
import type { Fault, Outcome } from './lifecycle/outcome';
import type { ResponseSink } from './response-sink';

/** The header in which a sandbox stamps a runtime's poll; see `Sandbox.figuresOf`. */
export const stampHeader = 'lambdock-stamp';

/** What the Runtime API gives out for one invocation. */
export interface Delivery {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clientContext?: string;
  readonly cognitoIdentity?: string;
  readonly payload: Buffer;
  /** Takes the response of a streaming runtime as it comes. */
  readonly sink?: ResponseSink;
  /**
   * Whether the runtime had asked for it less than about a millisecond ago. Then another one may follow as closely, and it
   * is the runtime that gets its acknowledgement first; else the caller gets the response first.
   */
  readonly followsClosely: boolean;
}

/** What an environment is notified of by the processes in it. */
export interface RuntimeEvents {
  /** A participant asked for its next event; with the stamp that its sandbox has put on a runtime's request, if there is one. */
  parked(participant: string, stamp?: string): void;
  /** The runtime has begun to send its response. */
  responding(): void;
  /** The runtime waits behind its snapshot until the first event; then it goes on, and has gone on. */
  restoreDue(): void;
  restoring(): void;
  restored(): void;
  answered(outcome: Outcome): void;
  initFailed(fault: Fault): void;
  extensionRegistered(participant: string): void;
  /** An extension reported that it cannot go on. */
  extensionFailed(fault: Fault): void;
  /** An extension subscribed to the Telemetry API or the Logs API. */
  subscribed(subscription: Subscription): void;
}

/** What extensions are informed of when they register. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  readonly accountId: string;
  /** Whether the runtime may wait for a restore. */
  readonly snapStart?: true;
}

/** One extension, for the log. */
export interface ExtensionStatus {
  readonly name: string;
  /** `Ready`, or the state in which its init was cut short. */
  readonly state: string;
  /** What it subscribed to, in its own order. */
  readonly events: readonly string[];
  readonly errorType?: string;
}

/** An environment's side of the Runtime API: processes that come through `accept` are of this environment only. */
export interface RuntimeLink {
  /** The runtime, and the extensions that subscribed to INVOKE. */
  readonly participants: Participants;
  readonly extensions: RegisteredExtensions;
  accept(socket: Duplex): void;
  /** Lets external extensions of these names register. */
  expectExtensions(names: readonly string[]): void;
  /** Gives the event to the runtime, and INVOKE to the extensions that subscribed to it. */
  deliver(delivery: Delivery): void;
  /** Sends SHUTDOWN to the extensions that subscribed to it. Returns the names of the external ones that did not. */
  shutDownExtensions(reason: ShutdownReason, deadlineMs: number): readonly string[];
  extensionStatuses(): readonly ExtensionStatus[];
  /** The processes were killed: their state machines start anew and their open requests are dropped. */
  restart(): void;
  close(): void;
}

export type OpenRuntimeLink = (events: RuntimeEvents, identity: FunctionIdentity) => RuntimeLink;
