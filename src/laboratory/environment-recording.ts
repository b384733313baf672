import type { Event, State, StateName } from '../execution/lifecycle/lifecycle-types';
import type {
  DeclaredDelay,
  EndCause,
  EnvironmentObserver,
  MadeEnvironment,
} from '../execution/observation/observer';
import type { AssignedSandbox } from '../execution/spares/spare';
import type { EnvironmentTrace, SandboxTrace, StateChange } from '../operator-api/contract';
import type { InvocationRecording } from './invocation-recording';
import { rounded } from './rounded';
import { readSegments } from './segments';

/** Limit of state changes that are kept. A function in a crash loop causes many. */
const statesMost = 200;

const laneStates: Readonly<Record<StateName, StateChange['state']>> = {
  starting: 'made',
  initializing: 'init',
  ready: 'live',
  invoking: 'live',
  settling: 'live',
  shuttingDown: 'shutdown',
  resetting: 'reset',
  stopping: 'stopping',
  gone: 'gone',
};

const traceStates: Readonly<Record<StateName, EnvironmentTrace['state']>> = {
  starting: 'starting',
  initializing: 'initializing',
  ready: 'ready',
  invoking: 'invoking',
  settling: 'settling',
  shuttingDown: 'ending',
  resetting: 'ending',
  stopping: 'ending',
  gone: 'gone',
};

/** Dependencies of a recording, from the recorder. */
export interface RecordingParts {
  /** `Clock.elapsed`. */
  readonly elapsed: () => number;
  readonly invocation: (requestId: string) => InvocationRecording | undefined;
  readonly environmentChanged: (recording: EnvironmentRecording) => void;
  readonly invocationChanged: (recording: InvocationRecording) => void;
  /** The invocation has ended. The figures of its REPORT line may follow. */
  readonly answered: (recording: InvocationRecording) => void;
  readonly gone: (recording: EnvironmentRecording) => void;
}

/** Records the events of one environment, and of its invocations while they are in it. */
export class EnvironmentRecording implements EnvironmentObserver {
  readonly id: string;
  readonly made: MadeEnvironment;
  readonly madeAt: number;
  sandbox: AssignedSandbox | undefined;
  invocations = 0;
  memoryUsedMiB: number | undefined;
  #delay: DeclaredDelay | undefined;
  #endCause: EndCause | undefined;
  #state: StateName = 'starting';
  #isFrozen = false;
  #initAt: number | undefined;
  #initDurationMs: number | undefined;
  readonly #states: { state: StateChange['state']; at: number }[];
  /** The invocation that runs in the environment or that the environment is started for. */
  #current: InvocationRecording | undefined;
  #last: InvocationRecording | undefined;

  constructor(
    made: MadeEnvironment,
    private readonly parts: RecordingParts,
  ) {
    this.made = made;
    this.id = made.logStream.slice(made.logStream.lastIndexOf(']') + 1);
    this.madeAt = parts.elapsed();
    this.#states = [{ state: 'made', at: this.madeAt }];
    this.#current = made.request && parts.invocation(made.request.requestId);
    if (this.#current === undefined) return;
    this.#current.isCold = true;
    this.#enters(this.#current, this.madeAt);
    this.#current.enter('sandbox', this.madeAt);
  }

  get cause(): MadeEnvironment['cause'] {
    return this.made.cause;
  }

  get state(): StateName {
    return this.#state;
  }

  get initDurationMs(): number | undefined {
    return this.#initDurationMs;
  }

  sandboxTaken(taken: AssignedSandbox): void {
    this.sandbox = taken;
    this.parts.environmentChanged(this);
  }

  delayed(delay: DeclaredDelay): void {
    this.#delay = delay;
    this.#current?.enter('cold-delay', this.parts.elapsed());
  }

  stepped(before: State, event: Event, after: State): void {
    const at = this.parts.elapsed();
    if (event.type === 'assigned') {
      this.#current = this.parts.invocation(event.invocation.request.requestId);
      if (this.#current) this.#enters(this.#current, at);
    } else if (event.type === 'parked' && event.participant === 'runtime' && before.name === 'settling') {
      if (this.#current) this.#current.parkedAt = at;
    }
    if (after.name === 'initializing') this.#initializing(before, after, at);
    if (after.name === before.name) return;
    this.#state = after.name;
    const lane = laneStates[after.name];
    if (lane !== this.#states.at(-1)?.state) this.#changedLane(lane, at);
    if (before.name === 'initializing') this.#leftInit(before, after, at);
    if (after.name === 'invoking') this.#delivered(at);
    else if (this.#current !== undefined && after.name !== 'initializing')
      this.#goesOn(this.#current, before, event, after, at);
    this.parts.environmentChanged(this);
    if (after.name === 'gone') this.parts.gone(this);
  }

  frozen(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    if (isFrozen && this.#last && this.#last.frozenAt === undefined) {
      this.#last.frozenAt = this.parts.elapsed();
      this.parts.invocationChanged(this.#last);
    }
    this.parts.environmentChanged(this);
  }

  reported(
    ended: Parameters<EnvironmentObserver['reported']>[0],
    figures: Parameters<EnvironmentObserver['reported']>[1],
  ): void {
    this.memoryUsedMiB = Math.max(this.memoryUsedMiB ?? 0, figures.memoryUsedMiB);
    const invocation = this.parts.invocation(ended.task.invocation.request.requestId);
    if (invocation === undefined) return;
    invocation.durationMs = ended.durationMs;
    invocation.billedMs = figures.billedMs;
    invocation.memoryUsedMiB = figures.memoryUsedMiB;
    invocation.initDurationMs = ended.task.initDurationMs;
    this.parts.invocationChanged(invocation);
  }

  /** An invocation's segments are part of its trace and may arrive after its end. */
  segment(bytes: Buffer): void {
    const received = readSegments(bytes);
    const invocation = [this.#current, this.#last].find(
      (each) => received !== undefined && each?.request.traceId.includes(received.traceId),
    );
    if (received === undefined || invocation === undefined) return;
    invocation.addSegments(received.segments);
    this.parts.invocationChanged(invocation);
  }

  ended(cause: EndCause): void {
    this.#endCause = cause;
    this.parts.environmentChanged(this);
  }

  trace(originMs: number): EnvironmentTrace {
    const { version, logStream, initializationType, cause } = this.made;
    const endCause = this.#endCause;
    return {
      id: this.id,
      functionName: version.functionName,
      version: version.version,
      logStream,
      memorySize: version.memoryMiB,
      initializationType,
      cause,
      ...(endCause !== undefined && { endCause }),
      ...(this.sandbox && { sandbox: sandboxTrace(this.sandbox) }),
      ...(this.#delay && { declaredDelay: this.#delay }),
      states: this.#states.map(({ state, at }) => ({ state, at: rounded(originMs + at) })),
      state: traceStates[this.#state],
      isFrozen: this.#isFrozen,
      ...(this.#initDurationMs !== undefined && { initDurationMs: rounded(this.#initDurationMs) }),
      invocations: this.invocations,
      ...(this.memoryUsedMiB !== undefined && { memoryUsedMiB: this.memoryUsedMiB }),
    };
  }

  /** End of the environment, as a `Clock.elapsed` time; undefined before it. */
  get goneAt(): number | undefined {
    const last = this.#states.at(-1);
    return last?.state === 'gone' ? last.at : undefined;
  }

  #enters(invocation: InvocationRecording, at: number): void {
    invocation.environment = this;
    invocation.assignedAt = at;
    invocation.status = 'running';
    this.parts.invocationChanged(invocation);
  }

  #changedLane(state: StateChange['state'], at: number): void {
    this.#states.push({ state, at });
    if (this.#states.length > statesMost) this.#states.shift();
  }

  #initializing(before: State, after: Extract<State, { name: 'initializing' }>, at: number): void {
    const isNew = before.name !== 'initializing';
    if (isNew) this.#initAt = at;
    const isBooting = after.stage === 'booting';
    if (!isNew && (before.stage === 'booting' || !isBooting)) return;
    this.#current?.enter(isBooting ? 'runtime-init' : 'extension-init', at);
  }

  #leftInit(before: Extract<State, { name: 'initializing' }>, after: State, at: number): void {
    const isInitialized = after.name === 'invoking' || after.name === 'ready';
    if (!isInitialized || before.phase !== 'init' || this.#initAt === undefined) return;
    this.#initDurationMs ??= at - this.#initAt;
  }

  #delivered(at: number): void {
    this.invocations += 1;
    if (this.#current) this.#current.startedAt = at;
  }

  /** Maps the environment's state changes to phases of its invocation. */
  #goesOn(
    current: InvocationRecording,
    before: State,
    event: Event,
    after: Exclude<State, { name: 'initializing' | 'invoking' }>,
    at: number,
  ): void {
    if ('next' in after && typeof after.next === 'object' && 'initializeFor' in after.next) {
      // Its init failed and is repeated.
      if (after.name === 'resetting' || before.name === 'initializing') current.enter('reset', at);
      return;
    }
    if (current.answeredAt === undefined) {
      current.answered(outcomeIn(before, event), at);
      this.parts.answered(current);
    }
    if (after.name !== 'ready' && after.name !== 'gone' && after.name !== 'stopping') return;
    current.freeAt = at;
    this.#last = current;
    this.#current = undefined;
    this.parts.invocationChanged(current);
  }
}

/** The outcome of the invocation that ended with this state change. */
function outcomeIn(before: State, event: Event) {
  if (event.type === 'answered') return event.outcome;
  const invocation = 'task' in before ? before.task.invocation : invocationOf(before);
  return invocation?.outcome;
}

function invocationOf(state: State) {
  if ('invocation' in state) return state.invocation;
  if ('next' in state && typeof state.next === 'object' && 'initializeFor' in state.next)
    return state.next.initializeFor;
  return undefined;
}

function sandboxTrace({ id, sandbox, coldStart, fill, madeAtMs }: AssignedSandbox): SandboxTrace {
  const { making } = sandbox;
  return {
    id,
    engineId: sandbox.engineId,
    origin: coldStart,
    fill,
    readyAt: madeAtMs,
    ...(making && {
      createMs: rounded(making.createMs),
      startMs: rounded(making.startMs),
      gateMs: rounded(making.gateMs),
    }),
  };
}
