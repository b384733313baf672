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
  /** Whether the response includes the last 4 KB of the log. */
  readonly tail: boolean;
  /** Receives the response of a streaming runtime chunk by chunk. Absent: the response is buffered. */
  readonly sink?: ResponseSink;
  /** Whether it starts a new environment even if one is free. */
  readonly isForcedCold?: boolean;
}

export interface Ending {
  readonly outcome: Outcome;
  /** The last 4,096 bytes of this invocation's log; present only if `tail` was requested. */
  readonly logTail?: Buffer;
}

/** One request. It is settled once: the first outcome wins, later ones are ignored. */
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

  /** Sets the outcome. The caller receives it at once, unless it waits for its log. */
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
