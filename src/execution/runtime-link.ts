import type { Duplex } from 'node:stream';
import type { Subscription } from '../telemetry/subscriptions/subscription';
import type { Participants, RegisteredExtensions, ShutdownReason } from './lifecycle/lifecycle-types';
import type { Fault, Outcome } from './lifecycle/outcome';
import type { ResponseSink } from './response-sink';

/** The header in which a sandbox stamps a runtime's poll; see `Sandbox.figuresOf`. */
export const stampHeader = 'lambdock-stamp';

/** The event that the Runtime API delivers for one invocation. */
export interface Delivery {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clientContext?: string;
  readonly cognitoIdentity?: string;
  readonly payload: Buffer;
  /** Receives the response of a streaming runtime chunk by chunk. */
  readonly sink?: ResponseSink;
  /**
   * Whether the runtime asked for it less than about a millisecond ago. Then another invocation may follow as closely,
   * and the runtime gets its acknowledgement before the caller gets the response; else the caller comes first.
   */
  readonly followsClosely: boolean;
}

/** Events that an environment receives from its processes. */
export interface RuntimeEvents {
  /** A participant asked for its next event. `stamp` is what the sandbox added to a runtime's request, if anything. */
  parked(participant: string, stamp?: string): void;
  /** The runtime has begun to send its response. */
  responding(): void;
  /** The runtime waits at its snapshot until the first event (`restoreDue`), continues, and has continued. */
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

/** The answer to an extension's registration. */
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
  /** Events that it subscribed to, in its order. */
  readonly events: readonly string[];
  readonly errorType?: string;
}

/** An environment's side of the Runtime API. Every connection passed to `accept` is from this environment. */
export interface RuntimeLink {
  /** The runtime, and the extensions that subscribed to INVOKE. */
  readonly participants: Participants;
  readonly extensions: RegisteredExtensions;
  accept(socket: Duplex): void;
  /** Lets external extensions of these names register. */
  expectExtensions(names: readonly string[]): void;
  /** Gives the event to the runtime, and INVOKE to the extensions that subscribed to it. */
  deliver(delivery: Delivery): void;
  /** Sends SHUTDOWN to extensions that subscribed to it. Returns the names of external extensions that did not. */
  shutDownExtensions(reason: ShutdownReason, deadlineMs: number): readonly string[];
  extensionStatuses(): readonly ExtensionStatus[];
  /** The processes were killed: resets their state machines and drops their open requests. */
  restart(): void;
  close(): void;
}

export type OpenRuntimeLink = (events: RuntimeEvents, identity: FunctionIdentity) => RuntimeLink;
