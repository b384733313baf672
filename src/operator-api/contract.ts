/** The JSON of every answer under `/_lambdock`: the server writes it, the command line and the page read it. */

/** A row of `GET /_lambdock/functions`, sizes in MB, timeout in seconds, as in `lambdock.yaml`. */
export interface FunctionRow {
  readonly name: string;
  readonly packageType: 'Zip' | 'Image';
  readonly runtime?: string;
  readonly image?: string;
  readonly handler?: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly ephemeralStorage: number;
  readonly state: 'preparing' | 'ready' | 'failed';
  readonly reason?: string;
  readonly arn: string;
  /** The template names it, and replaces changes over the API at its next deployment. */
  readonly isFromTemplate?: true;
  /** How many are published; absent where none is. */
  readonly versions?: number;
  readonly aliases?: readonly { readonly name: string; readonly version: string }[];
}

/** A problem that lasts: see `GET /_lambdock/notices`. */
export interface NoticeRow {
  readonly text: string;
  /** Absent where it concerns lambdock as a whole. */
  readonly functionName?: string;
}

/** What `GET /_lambdock/functions` answers. */
export interface FunctionList {
  readonly functions: readonly FunctionRow[];
  readonly notices: readonly NoticeRow[];
}

/** What `GET /_lambdock/health` answers. */
export interface Health {
  readonly status: string;
  readonly version: string;
  /** Which lambdock answers: the name in its containers' labels. */
  readonly instance: string;
  readonly engine: string;
  readonly functions: number;
}

/** What `POST /_lambdock/sign-in` answers: a path that opens the page, once where it signs the browser in. */
export interface SignIn {
  readonly path: string;
}

/** A row of `GET /_lambdock/environments`. */
export interface EnvironmentRow {
  readonly id: string;
  /** Absent until its sandbox is made. */
  readonly engineId?: string;
  /** Absent, as are `version` and `memorySize`, for a spare that serves any function of its `kind`. */
  readonly functionName?: string;
  readonly version?: string;
  /** What a spare serves: a runtime's identifier, or an image. */
  readonly kind?: string;
  readonly state: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly lastInvokedAt?: string;
  readonly invocations: number;
  /** Absent for a spare, which has not started. */
  readonly coldStart?: 'own-spare' | 'spare' | 'reused' | 'on-demand';
  /** How code came into the container. Absent for a spare. */
  readonly fill?: 'linked' | 'copied' | 'mounted';
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  readonly memorySize?: number;
}

/** A line of `GET /_lambdock/logs`. */
export interface LogRow {
  /** ISO 8601. */
  readonly time: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStream: string;
  readonly requestId?: string;
  /** The function that a line of lambdock itself concerns. */
  readonly about?: string;
  readonly text: string;
}

/** A row of `GET /_lambdock/queue`: an asynchronous invocation that has not ended. */
export interface QueueRow {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier?: string;
  /** ISO 8601, as below. */
  readonly acceptedAt: string;
  /** When it is tried next. */
  readonly dueAt: string;
  /** How often the function has answered it with an error. */
  readonly attempts: number;
}

/** A row of `GET /_lambdock/event-sources`: a stored event source mapping. lambdock polls none. Times in ISO 8601. */
export interface EventSourceRow {
  readonly uuid: string;
  readonly sources: readonly string[];
  readonly functionName: string;
  readonly qualifier?: string;
  readonly state: 'Enabled' | 'Disabled';
  readonly batchSize?: number;
  readonly batchWindowSeconds?: number;
  readonly modifiedAt: string;
}

/**
 * Why an environment was started.
 * - `first-call`, `scale-out`: its version had none since lambdock started; all others were busy.
 * - `code-change`: its function was deployed again.
 * - `idle-expiry`, `crash`, `retired`, `scale-in`: so the last one before it ended.
 * - `forced`: `X-Lambdock-Cold`, or `lambdock cold`.
 * - `warmed`, `provisioned`: `lambdock warm` or `scale`, and provisioned concurrency; without an invocation.
 */
export type StartCause =
  | 'first-call'
  | 'scale-out'
  | 'code-change'
  | 'idle-expiry'
  | 'crash'
  | 'retired'
  | 'scale-in'
  | 'forced'
  | 'warmed'
  | 'provisioned';

/** Why an environment ended. `shutdown`: lambdock itself ended. */
export type EndCause = 'idle-expiry' | 'crash' | 'retired' | 'scale-in' | 'code-change' | 'shutdown';

/** A state that an environment entered; it lasts until the next one. */
export interface StateChange {
  /**
   * `made`: its sandbox is being made, or taken. `init`: processes start. `live`: initialised; what it does then are its
   * invocations, and between them it is idle. Then `reset`, `shutdown`, `stopping` and `gone`.
   */
  readonly state: 'made' | 'init' | 'live' | 'reset' | 'shutdown' | 'stopping' | 'gone';
  /** Milliseconds since the epoch with fractions, as all times of the timeline. */
  readonly at: number;
}

/** How an environment's sandbox came to be. Durations in milliseconds. */
export interface SandboxTrace {
  /** The `id` of `EnvironmentRow`. A sandbox that is used again serves several environments in turn. */
  readonly id: string;
  readonly engineId: string;
  readonly origin: 'own-spare' | 'spare' | 'reused' | 'on-demand';
  readonly fill: 'linked' | 'copied' | 'mounted';
  /** When it was ready for use: before the environment's start, but for `on-demand`. */
  readonly readyAt: number;
  /** Absent, as are the two below, where the engine does not say. The engine made the container. */
  readonly createMs?: number;
  /** The engine started it. */
  readonly startMs?: number;
  /** From then until its init reported. */
  readonly gateMs?: number;
}

/** A lane of the timeline. */
export interface EnvironmentTrace {
  /** Unique, also among environments of the same sandbox: the hexadecimal part of its log stream's name. */
  readonly id: string;
  readonly functionName: string;
  readonly version: string;
  readonly logStream: string;
  /** In MB. */
  readonly memorySize: number;
  readonly initializationType: 'on-demand' | 'provisioned-concurrency';
  readonly cause: StartCause;
  readonly endCause?: EndCause;
  /** Absent until it has one. */
  readonly sandbox?: SandboxTrace;
  /** A delay that `starts.coldDelay` declares. It was not measured: lambdock only waited. */
  readonly declaredDelay?: { readonly ms: number; readonly source: string };
  /** In order; the last one is the present one. At most the last 200. */
  readonly states: readonly StateChange[];
  /** What it does now. */
  readonly state: 'starting' | 'initializing' | 'ready' | 'invoking' | 'settling' | 'ending' | 'gone';
  /** Whether its processes are stopped, as between invocations on Lambda. */
  readonly isFrozen: boolean;
  /** Of the first init that succeeded, extensions included. */
  readonly initDurationMs?: number;
  readonly invocations: number;
  /** The highest so far. */
  readonly memoryUsedMiB?: number;
}

/**
 * A part of an invocation's time.
 * - `queue`: waited for an environment that was about to be free.
 * - `sandbox`: its environment's sandbox was taken or made, with `sandbox-create`, `sandbox-start`, `sandbox-gate` and
 *   `sandbox-fill` as far as they were part of the wait.
 * - `cold-delay`: declared, not measured.
 * - `extension-init`, `runtime-init`; `reset`: processes were killed after a failed init.
 * - `handler`: from the delivery of the event to the response's end.
 * - `response`: the part of `handler` from the first byte of a streamed response.
 * - `runtime-overhead`: from the response until the runtime asked for its next event; `extensions`: until extensions did.
 */
export type PhaseName =
  | 'queue'
  | 'sandbox'
  | 'sandbox-create'
  | 'sandbox-start'
  | 'sandbox-gate'
  | 'sandbox-fill'
  | 'cold-delay'
  | 'extension-init'
  | 'runtime-init'
  | 'reset'
  | 'handler'
  | 'response'
  | 'runtime-overhead'
  | 'extensions';

export interface PhaseTrace {
  readonly name: PhaseName;
  readonly at: number;
  readonly durationMs: number;
  /** The phase that it is a part of. */
  readonly within?: PhaseName;
  /** Waited because a setting says so: to be marked wherever it is shown. */
  readonly isDeclared?: true;
}

/** A part of an invocation that the function recorded with an SDK of X-Ray. */
export interface SegmentTrace {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** The segment, or the handler's span, that it is a part of. */
  readonly parentId?: string;
  readonly name: string;
  readonly at: number;
  readonly durationMs: number;
  readonly isError?: true;
}

/** One invocation, with its waterfall. What is not known yet is absent. */
export interface InvocationTrace {
  readonly requestId: string;
  readonly functionName: string;
  readonly version: string;
  /** `EnvironmentTrace.id`; absent while it waits, and of one that was throttled. */
  readonly environmentId?: string;
  readonly arrivedAt: number;
  /** When the event was delivered. */
  readonly startedAt?: number;
  /** When the caller had its response. */
  readonly endedAt?: number;
  /** When its environment was free again. */
  readonly freeAt?: number;
  /** When its environment was frozen after it; absent where the next invocation came before. */
  readonly frozenAt?: number;
  /** `error`: the function failed; `failure`: lambdock did. */
  readonly status: 'waiting' | 'running' | 'success' | 'error' | 'timeout' | 'failure' | 'throttled';
  /** E.g. `Runtime.ExitError`, or the type of the error that the handler raised. */
  readonly errorType?: string;
  /** Whether it waited for its environment's start. */
  readonly isCold: boolean;
  /** Of its environment, where `isCold`. */
  readonly cause?: StartCause;
  /** In the order of their starts. */
  readonly phases: readonly PhaseTrace[];
  /** By their beginning; absent where the function recorded none. */
  readonly segments?: readonly SegmentTrace[];
  /** As in its REPORT line, as are those below. */
  readonly durationMs?: number;
  readonly billedMs?: number;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  /** In MB. */
  readonly memorySize: number;
}

/** What `GET /_lambdock/timeline` answers. `function=NAME`, `since=MILLISECONDS` and `limit=COUNT` narrow it down. */
export interface Timeline {
  /** lambdock's time. */
  readonly now: number;
  /** Since when it is complete; what was before may have been forgotten. */
  readonly since: number;
  readonly environments: readonly EnvironmentTrace[];
  /** In the order of their arrival. */
  readonly invocations: readonly InvocationTrace[];
}

/** A part of a start with those within it: an import, a package, a file. Times in ms since the profile's first moment. */
export interface ImportFrame {
  readonly name: string;
  readonly atMs: number;
  readonly totalMs: number;
  readonly children: readonly ImportFrame[];
}

/** What a cold start with `X-Lambdock-Profile: imports` imported. */
export interface ImportProfile {
  /** At most five that are not within one another, the longest first. */
  readonly imports: readonly Pick<ImportFrame, 'name' | 'atMs' | 'totalMs'>[];
  readonly frames: readonly ImportFrame[];
}

/** What `GET /_lambdock/invocations/ID` answers; the beginning of an id is enough. */
export interface InvocationDetails {
  readonly invocation: InvocationTrace;
  /** Absent of one that was throttled, or whose environment was forgotten. */
  readonly environment?: EnvironmentTrace;
  /** Of a cold start that was profiled. */
  readonly profile?: ImportProfile;
}

/** In milliseconds; absent without samples. */
export interface Quantiles {
  readonly p50?: number;
  readonly p95?: number;
}

/** Figures of a function since lambdock started; quantiles are of the invocations that are in the timeline. */
export interface FunctionStats {
  readonly functionName: string;
  /** Without those that were throttled. */
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly coldStarts: number;
  /** Cold starts of invocations, 0 to 1. */
  readonly coldShare: number;
  /** As in the REPORT line. */
  readonly duration: Quantiles;
  readonly init: Quantiles;
  /** From arrival to response: with queue and cold start. */
  readonly latency: Quantiles;
  /** The highest. */
  readonly memoryUsedMiB?: number;
  /** In MB. */
  readonly memorySize: number;
  /** Now. */
  readonly environments: number;
  /** The most at a time. */
  readonly environmentsMost: number;
}

/** What `GET /_lambdock/stats` answers; `function=NAME` narrows it down. */
export interface Stats {
  readonly functions: readonly FunctionStats[];
}

/** What the routes that control environments answer. */
export interface ControlResult {
  /** How many it concerned; of `warm`, `scale` and `idle-clock`: how many there are now. */
  readonly environments: number;
  /** Of `warm` and `scale`. */
  readonly started?: number;
  readonly ended?: number;
}

/** Something that became of a deployment: it began, is ready, or has failed. */
export interface DeploymentRow {
  readonly functionName: string;
  readonly at: number;
  readonly state: 'preparing' | 'ready' | 'failed' | 'removed';
  /** What of the function's row is different now, e.g. `memorySize`; empty where that is something else, as its code. */
  readonly changed: readonly string[];
  readonly reason?: string;
}

/** What `GET /_lambdock/deployments` answers: the latest 500 since lambdock started, oldest first. */
export interface DeploymentHistory {
  readonly deployments: readonly DeploymentRow[];
}

/** A row of `GET /_lambdock/results`: a scenario run or a tuning that a command has left for the page. */
export interface ResultRow {
  readonly id: string;
  readonly at: number;
  readonly kind: 'scenario' | 'tuning';
  readonly name: string;
}

/**
 * What `GET /_lambdock/events` sends, as server-sent events: the name is the member's, the data its JSON. Environments and
 * invocations come whole each time they change, a few times a second; the newest row of an id replaces those before.
 * `function=NAME` narrows it down to a function, `logs=false` leaves logs out.
 */
export interface LiveEvents {
  /** First, and again where the reader was too slow and lost some: read the timeline. */
  readonly start: { readonly now: number };
  readonly environments: readonly EnvironmentTrace[];
  readonly invocations: readonly InvocationTrace[];
  /** The whole list, where anything of it has changed. */
  readonly functions: FunctionList;
  readonly deployment: DeploymentRow;
  readonly stats: Stats;
  readonly queue: readonly QueueRow[];
  readonly eventSources: readonly EventSourceRow[];
  readonly results: readonly ResultRow[];
  readonly logs: readonly LogRow[];
}
