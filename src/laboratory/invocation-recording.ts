import type { InvocationRequest } from '../execution/invocation';
import type { Outcome } from '../execution/lifecycle/outcome';
import type { StartCause } from '../execution/observation/observer';
import type { AssignedSandbox } from '../execution/spares/spare';
import type {
  EnvironmentTrace,
  InvocationTrace,
  PhaseName,
  PhaseTrace,
  SegmentTrace,
} from '../operator-api/contract';
import { rounded } from './rounded';
import { sandboxParts } from './sandbox-parts';
import { segmentsMost } from './segments';

/** A phase of a start. It lasts until the next phase. */
interface Phase {
  readonly name: PhaseName;
  readonly at: number;
}

/** The environment of an invocation. */
interface InvocationEnvironment {
  readonly id: string;
  readonly cause: StartCause;
  readonly sandbox: AssignedSandbox | undefined;
  readonly initDurationMs: number | undefined;
  trace(originMs: number): EnvironmentTrace;
}

/** The recorded events of one invocation. Times are `Clock.elapsed` times. */
export class InvocationRecording {
  readonly requestId: string;
  readonly functionName: string;
  readonly version: string;
  readonly memorySizeMiB: number;
  environment: InvocationEnvironment | undefined;
  isCold = false;
  /** When it was assigned to its environment. */
  assignedAt: number | undefined;
  /** When the event was delivered. */
  startedAt: number | undefined;
  /** When a streamed response started. */
  respondingAt: number | undefined;
  answeredAt: number | undefined;
  /** When the runtime asked for its next event. */
  parkedAt: number | undefined;
  freeAt: number | undefined;
  frozenAt: number | undefined;
  status: InvocationTrace['status'] = 'waiting';
  errorType: string | undefined;
  durationMs: number | undefined;
  billedMs: number | undefined;
  initDurationMs: number | undefined;
  memoryUsedMiB: number | undefined;
  readonly request: Pick<InvocationRequest, 'traceId' | 'callerSpan'>;
  /** Whether its end was reported. */
  isFinished = false;
  /** Phases of the environment's start. The fields above hold the later times. */
  #boot: Phase[] | undefined;
  #segments: SegmentTrace[] | undefined;

  constructor(
    { requestId, version, traceId, callerSpan }: InvocationRequest,
    readonly arrivedAt: number,
  ) {
    this.requestId = requestId;
    // Copies two members, since the request also holds the payload.
    this.request = callerSpan === undefined ? { traceId } : { traceId, callerSpan };
    this.functionName = version.functionName;
    this.version = version.version;
    this.memorySizeMiB = version.memoryMiB;
  }

  enter(name: PhaseName, at: number): void {
    this.#boot ??= [];
    this.#boot.push({ name, at });
  }

  /** An SDK may send a segment twice. The first one is kept. */
  addSegments(segments: readonly SegmentTrace[]): void {
    this.#segments ??= [];
    const known = new Set(this.#segments.map(({ id }) => id));
    this.#segments.push(...segments.filter(({ id }) => !known.has(id)));
    this.#segments.splice(segmentsMost);
  }

  /** Only the first outcome counts. */
  answered(outcome: Outcome | undefined, at: number): void {
    if (this.answeredAt !== undefined) return;
    this.answeredAt = at;
    if (outcome?.kind === 'succeeded') this.status = 'success';
    else if (outcome?.kind === 'failed') {
      this.status = outcome.fault.status;
      this.errorType = outcome.fault.errorType;
    } else this.status = 'failure';
  }

  get latencyMs(): number | undefined {
    return this.answeredAt === undefined ? undefined : this.answeredAt - this.arrivedAt;
  }

  trace(originMs: number): InvocationTrace {
    const { environment, startedAt, answeredAt, freeAt, frozenAt, errorType } = this;
    const time = (at: number) => rounded(originMs + at);
    return {
      requestId: this.requestId,
      functionName: this.functionName,
      version: this.version,
      ...(environment && { environmentId: environment.id }),
      arrivedAt: time(this.arrivedAt),
      ...(startedAt !== undefined && { startedAt: time(startedAt) }),
      ...(answeredAt !== undefined && this.status !== 'throttled' && { endedAt: time(answeredAt) }),
      ...(freeAt !== undefined && { freeAt: time(freeAt) }),
      ...(frozenAt !== undefined && { frozenAt: time(frozenAt) }),
      status: this.status,
      ...(errorType !== undefined && { errorType }),
      isCold: this.isCold,
      ...(this.isCold && environment && { cause: environment.cause }),
      phases: this.#phases().map(({ at, durationMs, ...phase }) => ({
        ...phase,
        at: time(at),
        durationMs: rounded(durationMs),
      })),
      ...(this.#segments && { segments: [...this.#segments].sort((a, b) => a.at - b.at) }),
      ...(this.durationMs !== undefined && { durationMs: rounded(this.durationMs) }),
      ...(this.billedMs !== undefined && { billedMs: this.billedMs }),
      ...(this.initDurationMs !== undefined && { initDurationMs: rounded(this.initDurationMs) }),
      ...(this.memoryUsedMiB !== undefined && { memoryUsedMiB: this.memoryUsedMiB }),
      memorySize: this.memorySizeMiB,
    };
  }

  #phases(): PhaseTrace[] {
    const phases: PhaseTrace[] = [];
    const add = (name: PhaseName, at?: number, until?: number, within?: PhaseName) => {
      if (at !== undefined && until !== undefined && until > at)
        phases.push({ name, at, durationMs: until - at, ...(within && { within }) });
    };
    add('queue', this.arrivedAt, this.assignedAt);
    const bootEnd = this.startedAt ?? this.answeredAt;
    for (const [index, { name, at }] of (this.#boot ?? []).entries()) {
      const until = this.#boot?.[index + 1]?.at ?? bootEnd;
      if (until === undefined) continue;
      phases.push({ name, at, durationMs: until - at, ...(name === 'cold-delay' && { isDeclared: true }) });
      if (name === 'sandbox' && this.environment?.sandbox)
        phases.push(...sandboxParts(this.environment.sandbox, at, until));
    }
    add('handler', this.startedAt, this.answeredAt);
    add('response', this.respondingAt, this.answeredAt, 'handler');
    add('runtime-overhead', this.answeredAt, this.parkedAt);
    add(
      'extensions',
      this.parkedAt ?? this.answeredAt,
      this.parkedAt === undefined ? undefined : this.freeAt,
    );
    return phases;
  }
}
