import { LambdaError } from '../aws/errors';
import type { FunctionVersion } from '../functions/function-version';
import type { Clock } from '../lib/clock';
import { type Deferred, deferred } from '../lib/deferred';
import type { Concurrency } from './concurrency';
import type { Fleet } from './fleet';
import { type Ending, Invocation, type InvocationRequest } from './invocation';
import { isLoop } from './lineage';
import type { ExecutionObserver } from './observation/observer';
import type { ResponseSink } from './response-sink';

/** Admits requests, passes them to the fleet and returns their outcome. */
export class Invoker {
  readonly #fleet: Fleet;
  readonly #concurrency: Concurrency;
  #underWay = 0;
  /** Resolves when no invocation runs. */
  #idle: Deferred<void> | undefined;

  constructor(
    fleet: Fleet,
    concurrency: Concurrency,
    private readonly observer?: ExecutionObserver,
    /** Whether a function may invoke itself in a loop; absent: every function may. */
    private readonly allowsLoops?: (version: FunctionVersion) => boolean,
  ) {
    this.#fleet = fleet;
    this.#concurrency = concurrency;
  }

  /**
   * Runs one invocation. A failed function is a normal outcome.
   * @throws {LambdaError} `RecursiveInvocationException` in a loop; `TooManyRequestsException` above the account's or
   * the function's concurrency; `ServiceException` if no sandbox could be made or the sandbox was lost
   */
  async invoke(request: InvocationRequest): Promise<Ending> {
    const { observer } = this;
    this.#refuseLoop(request);
    const end = this.#admit(request);
    observer?.arrived(request);
    const invocation = new Invocation(
      observer && request.sink
        ? { ...request, sink: watched(request.sink, () => observer.responding(request)) }
        : request,
    );
    this.#underWay += 1;
    try {
      this.#fleet.assign(invocation);
      const ending = await invocation.ended;
      if (ending.outcome.kind === 'platformFailed') {
        observer?.failed(request);
        const { code, reason } = ending.outcome;
        throw code === undefined
          ? new LambdaError('ServiceException', `${request.version.functionName}: ${reason}`)
          : new LambdaError(code, reason);
      }
      return ending;
    } finally {
      end();
      this.#underWay -= 1;
      if (this.#underWay === 0) {
        this.#idle?.resolve();
        this.#idle = undefined;
      }
    }
  }

  #refuseLoop({ traceId, version }: InvocationRequest): void {
    if (!isLoop(traceId, version.functionArn) || (this.allowsLoops?.(version) ?? true)) return;
    throw new LambdaError('RecursiveInvocationException', recursionText);
  }

  #admit(request: InvocationRequest): () => void {
    try {
      return this.#concurrency.admit(request.version);
    } catch (error) {
      this.observer?.throttled(request);
      throw error;
    }
  }

  /** Resolves when no invocation runs. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) {
      this.#idle ??= deferred();
      await this.#idle.promise;
    }
  }

  /** Resolves when no invocation runs, or after `limitMs`. */
  idleWithin(limitMs: number, clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const alarm = clock.alarm(clock.now() + limitMs, resolve);
      void this.idle().then(() => {
        alarm.clear();
        resolve();
      });
    });
  }
}

/** Text of the service model. */
export const recursionText =
  "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation.";

function watched(sink: ResponseSink, begun: () => void): ResponseSink {
  return {
    begin: (contentType) => {
      begun();
      sink.begin(contentType);
    },
    write: (chunk) => sink.write(chunk),
    onDrain: (callback) => sink.onDrain(callback),
  };
}
