import type { Duplex } from 'node:stream';
import type { Fault, Outcome } from './outcome';

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
  /**
   * Whether the runtime had asked for it less than about a millisecond ago. Then another one may follow as closely, and it
   * is the runtime that is told first that its answer has come; else the caller gets that answer first.
   */
  readonly followsClosely: boolean;
}

/** What an environment hears of the runtime in it. */
export interface RuntimeEvents {
  /** The runtime asked for its next event; with the stamp that its sandbox has put on the request, if there is one. */
  parked(stamp?: string): void;
  answered(outcome: Outcome): void;
  initFailed(fault: Fault): void;
}

/** An environment's side of the Runtime API: who comes through `accept` is this environment's, and no one else's. */
export interface RuntimeLink {
  accept(socket: Duplex): void;
  deliver(delivery: Delivery): void;
  /** The runtime was killed: its state machine begins anew and its open requests are dropped. */
  restart(): void;
  close(): void;
}

export type OpenRuntimeLink = (events: RuntimeEvents) => RuntimeLink;
