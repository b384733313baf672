import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import type { FunctionVersion } from '../../functions/function-version';
import type { InvocationTarget } from '../../functions/invocation-target';
import type { EventQueue, QueuedEvent } from '../../functions/registry/event-queue';
import type { Alarm, Clock } from '../../lib/clock';
import type { Invoker } from '../invoker';
import type { Outcome } from '../lifecycle/outcome';
import type { Condition, EndedEvent } from './invocation-record';

/** How asynchronous invocations of one version or alias are retried. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly ageMs: number;
}

export interface AsyncParts {
  readonly queue: EventQueue;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly clock: Clock;
  readonly find: (
    target: InvocationTarget,
  ) => FunctionVersion | undefined | Promise<FunctionVersion | undefined>;
  readonly policyOf: (event: QueuedEvent) => RetryPolicy;
  /** Whether the function's reserved concurrency is 0: its events end at once. */
  readonly isReservedZero?: (version: FunctionVersion) => boolean;
  /** Sends the record of an invocation that has ended to its destination or dead-letter queue. */
  readonly deliver: (event: QueuedEvent, ended: EndedEvent) => Promise<void>;
  /** How many times faster than on Lambda the waits before retries pass. */
  readonly retrySpeed: number;
  readonly fail: (error: Error) => void;
}

/** Events that are processed at the same time; others wait in the queue. */
const underWayMost = 64;

/**
 * Asynchronous invocations: accepted events are stored on disk, delivered at least once, and retried.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsyncInvocations {
  /** In order of arrival; an event that is due goes before one that waits. */
  readonly #waiting = new Map<string, QueuedEvent>();
  readonly #underWay = new Map<string, QueuedEvent>();
  #alarm: Alarm | undefined;
  #isClosed = false;

  constructor(private readonly parts: AsyncParts) {}

  /** All events that have not ended; those due soonest come first. */
  get events(): readonly QueuedEvent[] {
    return [...this.#underWay.values(), ...this.#waiting.values()];
  }

  /** Resumes the events that earlier runs left. `living` are the runs that have not ended. */
  begin(living: ReadonlySet<string>): void {
    for (const event of this.parts.queue.adopt(living)) this.#waiting.set(event.id, event);
    this.#dispatch();
  }

  /** The event is stored on disk when this returns. */
  accept(event: Omit<QueuedEvent, 'acceptedMs' | 'dueMs' | 'attempts' | 'delays'>): void {
    const nowMs = this.parts.clock.now();
    const queued = { ...event, acceptedMs: nowMs, dueMs: nowMs, attempts: 0, delays: 0 };
    this.parts.queue.put(queued);
    this.#waiting.set(queued.id, queued);
    this.#dispatch();
  }

  /** Retries waiting events now, of all functions or of one. Returns how many. */
  retryNow(functionName?: string): number {
    const nowMs = this.parts.clock.now();
    const chosen = this.#chosen(functionName);
    for (const event of chosen) this.#put({ ...event, dueMs: nowMs });
    this.#dispatch();
    return chosen.length;
  }

  /** Drops waiting events, of all functions or of one. Returns how many. */
  purge(functionName?: string): number {
    const chosen = this.#chosen(functionName);
    for (const { id } of chosen) this.#end(id);
    return chosen.length;
  }

  /** Running invocations may end; waiting events stay on disk for the next run. */
  close(): void {
    this.#isClosed = true;
    this.#alarm?.clear();
  }

  #chosen(functionName: string | undefined): readonly QueuedEvent[] {
    const all = [...this.#waiting.values()];
    return functionName === undefined ? all : all.filter((event) => event.functionName === functionName);
  }

  #dispatch(): void {
    if (this.#isClosed) return;
    const nowMs = this.parts.clock.now();
    for (const event of this.#waiting.values()) {
      if (this.#underWay.size >= underWayMost) break;
      if (event.dueMs > nowMs) continue;
      this.#waiting.delete(event.id);
      this.#underWay.set(event.id, event);
      void this.#run(event).catch((cause: unknown) => {
        this.parts.fail(new Error(`Cannot finish the asynchronous invocation ${event.id}`, { cause }));
      });
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    if (this.#waiting.size === 0 || this.#underWay.size >= underWayMost) return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const event of this.#waiting.values()) dueMs = Math.min(dueMs, event.dueMs);
    this.#alarm = this.parts.clock.alarm(dueMs, () => this.#dispatch());
  }

  async #run(event: QueuedEvent): Promise<void> {
    try {
      await this.#attempt(event);
    } finally {
      this.#underWay.delete(event.id);
      this.#dispatch();
    }
  }

  async #attempt(event: QueuedEvent): Promise<void> {
    const { scope, functionName, qualifier, clientContext, isForcedCold = false, attempts: earlier } = event;
    const target = { functionName, scope, hasScope: true, ...(qualifier !== undefined && { qualifier }) };
    let version: FunctionVersion | undefined;
    let outcome: Outcome;
    try {
      version = await this.parts.find(target);
      // The function was deleted meanwhile.
      if (version === undefined) return this.#end(event.id);
      if (this.parts.isReservedZero?.(version))
        return this.#finish(event, version, 'ZeroReservedConcurrency');
      const invokedFunctionArn =
        qualifier === undefined ? version.functionArn : `${version.functionArn}:${qualifier}`;
      ({ outcome } = await this.parts.invoker.invoke({
        requestId: event.id,
        version,
        invokedFunctionArn,
        payload: Buffer.from(event.payload, 'base64'),
        traceId: event.traceId,
        tail: false,
        ...(clientContext !== undefined && { clientContext }),
        ...(isForcedCold && earlier === 0 && { isForcedCold }),
      }));
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      if (error.code === 'RecursiveInvocationException' && version !== undefined)
        return this.#finish(event, version, 'RecursiveInvocation');
      return this.#delay(event, version);
    }
    const attempts = event.attempts + 1;
    if (outcome.kind === 'succeeded')
      return this.#finish({ ...event, attempts }, version, 'Success', outcome);
    return this.#retry({ ...event, attempts, delays: 0 }, version, outcome);
  }

  /** A minute after the first error of the function, two after the second. */
  async #retry(event: QueuedEvent, version: FunctionVersion, outcome: Outcome): Promise<void> {
    const { attempts: most, ageMs } = this.parts.policyOf(event);
    if (event.attempts > most) return this.#finish(event, version, 'RetriesExhausted', outcome);
    const waitMs = limits.async.retryMs[Math.min(event.attempts, limits.async.retryMs.length) - 1] ?? 0;
    const dueMs = this.parts.clock.now() + waitMs / this.parts.retrySpeed;
    if (dueMs - event.acceptedMs > ageMs) return this.#finish(event, version, 'EventAgeExceeded', outcome);
    this.#put({ ...event, dueMs });
  }

  /**
   * Throttled, or no environment could be made: the event is queued again, with waits that double up to five minutes.
   */
  async #delay(event: QueuedEvent, version: FunctionVersion | undefined): Promise<void> {
    if (this.#isClosed) return;
    const waitMs = Math.min(limits.async.delayMs.first * 2 ** event.delays, limits.async.delayMs.most);
    const dueMs = this.parts.clock.now() + waitMs / this.parts.retrySpeed;
    if (version !== undefined && dueMs - event.acceptedMs > this.parts.policyOf(event).ageMs)
      return this.#finish(event, version, 'EventAgeExceeded');
    this.#put({ ...event, dueMs, delays: event.delays + 1 });
  }

  /** Delivers the record before it deletes the event: after a crash the record is delivered again. */
  async #finish(
    event: QueuedEvent,
    version: FunctionVersion,
    condition: Condition,
    outcome?: Outcome,
  ): Promise<void> {
    await this.parts.deliver(event, {
      requestId: event.id,
      functionArn: `${version.functionArn}:${event.qualifier ?? '$LATEST'}`,
      condition,
      attempts: event.attempts,
      payload: Buffer.from(event.payload, 'base64'),
      executedVersion: version.version,
      endedMs: this.parts.clock.now(),
      ...(outcome && { outcome }),
    });
    this.#end(event.id);
  }

  #put(event: QueuedEvent): void {
    this.parts.queue.put(event);
    this.#waiting.set(event.id, event);
  }

  #end(id: string): void {
    this.parts.queue.remove(id);
    this.#waiting.delete(id);
  }
}
