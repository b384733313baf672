import type { InvocationRequest } from '../execution/invocation';
import type {
  EnvironmentObserver,
  ExecutionObserver,
  MadeEnvironment,
} from '../execution/observation/observer';
import type { Clock } from '../lib/clock';
import { Ring } from '../lib/ring';
import type {
  EnvironmentTrace,
  InvocationDetails,
  InvocationTrace,
  Timeline,
} from '../operator-api/contract';
import { EnvironmentRecording, type RecordingParts } from './environment-recording';
import { FunctionCounters } from './function-counters';
import { InvocationRecording } from './invocation-recording';
import { Profiles } from './profile/profiles';
import { rounded } from './rounded';

export interface RecorderLimits {
  /** Number of invocations that are kept. */
  readonly invocations: number;
  /** Number of ended environments that are kept. */
  readonly environments: number;
  /** Older recordings are evicted. */
  readonly ageMs: number;
}

/** Keeps an hour, `invocations` invocations and a tenth as many environments. 20,000 invocations take about 20 MB. */
export function recorderLimits(invocations: number): RecorderLimits {
  return { invocations, environments: Math.ceil(invocations / 10), ageMs: 3_600_000 };
}

/** Filter of a timeline. */
export interface TimelineQuery {
  readonly functionName?: string;
  /** Milliseconds since the epoch. Leaves out what ended earlier. */
  readonly sinceMs?: number;
  /** Keeps only the last `limit` invocations. */
  readonly limit?: number;
}

/** An ended invocation. The figures of its REPORT line may follow. */
export interface FinishedInvocation {
  /** The invocation's `X-Amzn-Trace-Id`. */
  readonly traceId: string;
  readonly callerSpan?: string;
  readonly trace: () => InvocationTrace;
}

/** The changes since the last call. */
export interface RecordedChanges {
  readonly environments: readonly EnvironmentTrace[];
  readonly invocations: readonly InvocationTrace[];
}

/** Keeps the latest environments and invocations, and counts all of them by function. */
export class Recorder implements ExecutionObserver {
  readonly #clock: Clock;
  readonly #limits: RecorderLimits;
  /** Zero of `Clock.elapsed`, in milliseconds since the epoch. */
  readonly #originMs: number;
  readonly #invocations: Ring<InvocationRecording>;
  readonly #byId = new Map<string, InvocationRecording>();
  readonly #living = new Set<EnvironmentRecording>();
  readonly #ended: Ring<EnvironmentRecording>;
  readonly #counters = new Map<string, FunctionCounters>();
  /** Changes since the last call; undefined before `collect`. */
  #changed:
    | { readonly environments: Set<EnvironmentRecording>; readonly invocations: Set<InvocationRecording> }
    | undefined;
  #forgottenBefore = 0;
  #finished: ((invocation: FinishedInvocation) => void) | undefined;
  readonly #parts: RecordingParts;
  readonly profiles = new Profiles();

  constructor(clock: Clock, limits: RecorderLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#originMs = clock.now() - clock.elapsed();
    this.#invocations = new Ring(limits.invocations);
    this.#ended = new Ring(limits.environments);
    this.#forgottenBefore = clock.elapsed();
    this.#parts = {
      elapsed: () => clock.elapsed(),
      invocation: (requestId) => this.#byId.get(requestId),
      environmentChanged: (recording) => this.#changed?.environments.add(recording),
      invocationChanged: (recording) => {
        this.#changed?.invocations.add(recording);
        if (this.#finished !== undefined) this.#finish(recording);
      },
      answered: (recording) => {
        this.#counter(recording).ended(recording);
        this.#changed?.invocations.add(recording);
      },
      gone: (recording) => this.#gone(recording),
    };
  }

  arrived(request: InvocationRequest): void {
    const recording = new InvocationRecording(request, this.#clock.elapsed());
    this.#counter(recording).arrived();
    this.#remember(recording);
  }

  responding({ requestId }: InvocationRequest): void {
    const recording = this.#byId.get(requestId);
    if (recording) recording.respondingAt = this.#clock.elapsed();
  }

  failed({ requestId }: InvocationRequest): void {
    const recording = this.#byId.get(requestId);
    if (recording === undefined || recording.answeredAt !== undefined) return;
    recording.answered(undefined, this.#clock.elapsed());
    this.#parts.answered(recording);
  }

  throttled(request: InvocationRequest): void {
    const recording = new InvocationRecording(request, this.#clock.elapsed());
    recording.status = 'throttled';
    this.#counter(recording).throttles += 1;
    this.#remember(recording);
  }

  environmentMade(made: MadeEnvironment): EnvironmentObserver {
    this.profiles.made(made.version, made.logStream);
    const recording = new EnvironmentRecording(made, this.#parts);
    this.#living.add(recording);
    this.#counterOf(made.version.functionName, made.version.memoryMiB).began();
    this.#parts.environmentChanged(recording);
    return recording;
  }

  timeline({ functionName, sinceMs = 0, limit }: TimelineQuery = {}): Timeline {
    this.#forgetOld();
    const since = Math.max(sinceMs - this.#originMs, this.#clock.elapsed() - this.#limits.ageMs);
    const isAsked = (name: string) => functionName === undefined || name === functionName;
    const environments = [...this.#ended, ...this.#living].filter(
      ({ made, goneAt }) => isAsked(made.version.functionName) && (goneAt ?? since) >= since,
    );
    const invocations: InvocationRecording[] = [];
    for (const each of this.#invocations.latest()) {
      if (invocations.length === limit) break;
      if (isAsked(each.functionName) && (each.freeAt ?? each.answeredAt ?? since) >= since)
        invocations.push(each);
    }
    return {
      now: rounded(this.#originMs + this.#clock.elapsed()),
      since: rounded(this.#originMs + Math.max(since, this.#forgottenBefore)),
      environments: environments.map((each) => each.trace(this.#originMs)),
      invocations: invocations.reverse().map((each) => each.trace(this.#originMs)),
    };
  }

  /** The latest invocation whose id starts with this prefix. */
  invocation(idPrefix: string): InvocationDetails | undefined {
    const found = this.#byId.get(idPrefix) ?? this.#find(idPrefix);
    if (found === undefined) return undefined;
    const { environment } = found;
    const trace = environment?.trace(this.#originMs);
    const profile = found.isCold && trace ? this.profiles.of(trace.logStream) : undefined;
    return {
      invocation: found.trace(this.#originMs),
      ...(trace && { environment: trace }),
      ...(profile && { profile }),
    };
  }

  counters(): Iterable<FunctionCounters> {
    return this.#counters.values();
  }

  /** The kept invocations of a function, oldest first. */
  recordings(): Iterable<InvocationRecording> {
    return this.#invocations;
  }

  /** Calls the listener once per invocation, when its environment is free again. */
  onFinished(listener: (invocation: FinishedInvocation) => void): void {
    this.#finished = listener;
  }

  #finish(recording: InvocationRecording): void {
    if (recording.freeAt === undefined || recording.isFinished) return;
    recording.isFinished = true;
    const { traceId, callerSpan } = recording.request;
    this.#finished?.({
      traceId,
      ...(callerSpan !== undefined && { callerSpan }),
      trace: () => recording.trace(this.#originMs),
    });
  }

  /** Starts to collect changes. */
  collect(): void {
    this.#changed ??= { environments: new Set(), invocations: new Set() };
  }

  ignore(): void {
    this.#changed = undefined;
  }

  /** The recordings that changed since the last call, each once. */
  takeChanges(): RecordedChanges {
    const { environments, invocations } = this.#changed ?? { environments: [], invocations: [] };
    const changes = {
      environments: [...environments].map((each) => each.trace(this.#originMs)),
      invocations: [...invocations].map((each) => each.trace(this.#originMs)),
    };
    this.#changed?.environments.clear();
    this.#changed?.invocations.clear();
    return changes;
  }

  #remember(recording: InvocationRecording): void {
    this.#byId.set(recording.requestId, recording);
    const dropped = this.#invocations.push(recording);
    if (dropped) this.#forgot(dropped);
    this.#changed?.invocations.add(recording);
  }

  #forgot({ requestId, arrivedAt }: InvocationRecording): void {
    this.#byId.delete(requestId);
    this.#forgottenBefore = arrivedAt;
  }

  #forgetOld(): void {
    const before = this.#clock.elapsed() - this.#limits.ageMs;
    for (let oldest = this.#invocations.oldest; oldest; oldest = this.#invocations.oldest) {
      if (oldest.arrivedAt >= before) break;
      this.#invocations.shift();
      this.#forgot(oldest);
    }
    while (this.#ended.oldest && (this.#ended.oldest.goneAt ?? before) < before) this.#ended.shift();
  }

  #find(idPrefix: string): InvocationRecording | undefined {
    if (idPrefix === '') return undefined;
    for (const each of this.#invocations.latest()) if (each.requestId.startsWith(idPrefix)) return each;
    return undefined;
  }

  #gone(recording: EnvironmentRecording): void {
    if (!this.#living.delete(recording)) return;
    this.#ended.push(recording);
    this.#counters.get(recording.made.version.functionName)?.left();
  }

  #counter({ functionName, memorySizeMiB }: InvocationRecording): FunctionCounters {
    return this.#counterOf(functionName, memorySizeMiB);
  }

  #counterOf(functionName: string, memorySizeMiB: number): FunctionCounters {
    let counters = this.#counters.get(functionName);
    if (counters === undefined) {
      counters = new FunctionCounters(functionName);
      this.#counters.set(functionName, counters);
    }
    counters.memorySizeMiB = memorySizeMiB;
    return counters;
  }
}
