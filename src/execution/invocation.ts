import type { FunctionVersion } from '../functions/function-version';
import { deferred } from '../lib/deferred';
import type { Outcome } from './lifecycle/outcome';
import type { ResponseSink } from './response-sink';

export interface InvocationRequest {
  readonly requestId: string;
  readonly version: FunctionVersion;
  /** Qualified exactly as the caller named it. */
  readonly invokedFunctionArn: string;
  readonly payload: Buffer;
  /** JSON text, already decoded from the header's base64. */
  readonly clientContext?: string;
  /** JSON text with `cognitoIdentityId` and `cognitoIdentityPoolId`. */
  readonly cognitoIdentity?: string;
  readonly traceId: string;
  /** Span of the caller, 16 hex digits. */
  readonly callerSpan?: string;
  /** Whether the caller wants the last 4 KB of the log with the answer. */
  readonly tail: boolean;
  /** Takes the response of a streaming runtime as it comes. Absent: the response is collected. */
  readonly sink?: ResponseSink;
  /** Whether it gets an environment of its own making, though another is free. */
  readonly isForcedCold?: boolean;
}

export interface Ending {
  readonly outcome: Outcome;
  /** Log text of this invocation, at most its last 4,096 bytes; only where `tail` was asked for. */
  readonly logTail?: Buffer;
}

/** One request, ended once: the first ending wins and later ones change nothing. */
export class Invocation {
  readonly #ending = deferred<Ending>();
  #outcome: Outcome | undefined;

  constructor(readonly request: InvocationRequest) {}

  get ended(): Promise<Ending> {
    return this.#ending.promise;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Fixes the outcome; the caller hears of it at once unless it waits for its log. */
  settle(outcome: Outcome): Outcome {
    if (this.#outcome === undefined) {
      this.#outcome = outcome;
      if (!this.request.tail || outcome.kind === 'platformFailed') this.#ending.resolve({ outcome });
    }
    return this.#outcome;
  }

  /** Ends a settled invocation that waited for its log. */
  completeLog(logTail: Buffer): void {
    if (this.#outcome !== undefined) this.#ending.resolve({ outcome: this.#outcome, logTail });
  }
}
