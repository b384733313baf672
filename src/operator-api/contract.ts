/** The JSON of every response under `/_lambdock`. The server writes it; the command line and the page read it. */

/** A row of `GET /_lambdock/functions`. Sizes in MB and timeout in seconds, as in `lambdock.yaml`. */
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
  /** The template declares the function. The next deployment overwrites changes that were made over the API. */
  readonly isFromTemplate?: true;
  /** Number of published versions; absent if 0. */
  readonly versions?: number;
  readonly aliases?: readonly { readonly name: string; readonly version: string }[];
}

/** A lasting problem: see `GET /_lambdock/notices`. */
export interface NoticeRow {
  readonly text: string;
  /** Absent if the problem concerns lambdock as a whole. */
  readonly functionName?: string;
}

/** Response of `GET /_lambdock/functions`. */
export interface FunctionList {
  readonly functions: readonly FunctionRow[];
  readonly notices: readonly NoticeRow[];
}

/** Response of `GET /_lambdock/health`. */
export interface Health {
  readonly status: string;
  readonly version: string;
  /** The lambdock instance, as in the labels of its containers. */
  readonly instance: string;
  readonly engine: string;
  readonly functions: number;
}

/** Response of `POST /_lambdock/sign-in`: a path that opens the page. A path that signs the browser in works once. */
export interface SignIn {
  readonly path: string;
}

/** A row of `GET /_lambdock/environments`. */
export interface EnvironmentRow {
  readonly id: string;
  /** Absent until the sandbox exists. */
  readonly engineId?: string;
  /** Absent, like `version` and `memorySize`, for a spare that serves any function of its `kind`. */
  readonly functionName?: string;
  readonly version?: string;
  /** What the spare can serve: a runtime's identifier or an image. */
  readonly kind?: string;
  readonly state: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly lastInvokedAt?: string;
  readonly invocations: number;
  /** Absent for a spare, which has no cold start yet. */
  readonly coldStart?: 'own-spare' | 'spare' | 'reused' | 'on-demand';
  /** How the code got into the container. Absent for a spare. */
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
  /** The function that a line of lambdock itself is about. */
  readonly about?: string;
  readonly text: string;
}

/** A row of `GET /_lambdock/queue`: an asynchronous invocation that has not ended. */
export interface QueueRow {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier?: string;
  /** ISO 8601, like `dueAt`. */
  readonly acceptedAt: string;
  /** Time of the next attempt. */
  readonly dueAt: string;
  /** Number of attempts that ended with an error of the function. */
  readonly attempts: number;
}

/** A row of `GET /_lambdock/event-sources`: a stored mapping, which lambdock does not poll. Times in ISO 8601. */
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
 * - `first-call`: first start of this version since lambdock started. `scale-out`: all other environments were busy.
 * - `code-change`: the function was deployed again.
 * - `idle-expiry`, `crash`, `retired`, `scale-in`: end cause of the previous environment.
 * - `forced`: `X-Lambdock-Cold` or `lambdock cold`.
 * - `warmed`: `lambdock warm` or `scale`. `provisioned`: provisioned concurrency. Both start without an invocation.
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

/** Why an environment ended. `shutdown`: lambdock itself shut down. */
export type EndCause = 'idle-expiry' | 'crash' | 'retired' | 'scale-in' | 'code-change' | 'shutdown';

/** A state that an environment entered. It lasts until the next state change. */
export interface StateChange {
  /**
   * `made`: the sandbox is being made or assigned. `init`: processes start. `live`: initialized; the environment runs
   * invocations and is idle between them. Then `reset`, `shutdown`, `stopping` and `gone`.
   */
  readonly state: 'made' | 'init' | 'live' | 'reset' | 'shutdown' | 'stopping' | 'gone';
  /** Milliseconds since the epoch, with fractions, like all times of the timeline. */
  readonly at: number;
}

/** How an environment got its sandbox. Durations in milliseconds. */
export interface SandboxTrace {
  /** The `id` of `EnvironmentRow`. A reused sandbox serves several environments in turn. */
  readonly id: string;
  readonly engineId: string;
  readonly origin: 'own-spare' | 'spare' | 'reused' | 'on-demand';
  readonly fill: 'linked' | 'copied' | 'mounted';
  /** When the sandbox was ready for use. Except for `on-demand`, this is before the environment's start. */
  readonly readyAt: number;
  /** Time that the engine took to create the container. This and the next two are absent if it reports none. */
  readonly createMs?: number;
  /** Time that the engine took to start the container. */
  readonly startMs?: number;
  /** Time from the container's start until its init reported. */
  readonly gateMs?: number;
}

/** A lane of the timeline. */
export interface EnvironmentTrace {
  /** The hexadecimal part of the log stream's name. Environments that share a sandbox have different ids. */
  readonly id: string;
  readonly functionName: string;
  readonly version: string;
  readonly logStream: string;
  /** In MB. */
  readonly memorySize: number;
  readonly initializationType: 'on-demand' | 'provisioned-concurrency';
  readonly cause: StartCause;
  readonly endCause?: EndCause;
  /** Absent until a sandbox is assigned. */
  readonly sandbox?: SandboxTrace;
  /** A delay that `starts.coldDelay` declares. It is not measured: lambdock only waited. */
  readonly declaredDelay?: { readonly ms: number; readonly source: string };
  /** At most the last 200, in order. The last one is the current state. */
  readonly states: readonly StateChange[];
  /** The current state. */
  readonly state: 'starting' | 'initializing' | 'ready' | 'invoking' | 'settling' | 'ending' | 'gone';
  /** Whether the processes are frozen, as on Lambda between invocations. */
  readonly isFrozen: boolean;
  /** Duration of the first successful init, including extensions. */
  readonly initDurationMs?: number;
  readonly invocations: number;
  /** Peak so far. */
  readonly memoryUsedMiB?: number;
}

/**
 * A part of an invocation's time.
 * - `queue`: wait for an environment that is about to be free.
 * - `sandbox`: wait for the sandbox. `sandbox-create`, `sandbox-start`, `sandbox-gate` and `sandbox-fill` are its
 *   parts.
 * - `cold-delay`: declared, not measured.
 * - `extension-init`, `runtime-init`. `reset`: the processes were killed after a failed init.
 * - `handler`: from the delivery of the event to the end of the response.
 * - `response`: the part of `handler` after the first byte of a streamed response.
 * - `runtime-overhead`: from the response until the runtime asks for its next event; `extensions`: until extensions do.
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
  /** The phase that contains this one. */
  readonly within?: PhaseName;
  /** The wait comes from a setting. Every view must mark it. */
  readonly isDeclared?: true;
}

/** A part of an invocation that the function recorded with an X-Ray SDK. */
export interface SegmentTrace {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** The segment, or the handler's span, that contains this one. */
  readonly parentId?: string;
  readonly name: string;
  readonly at: number;
  readonly durationMs: number;
  readonly isError?: true;
}

/** One invocation, with its waterfall. Values that are not known yet are absent. */
export interface InvocationTrace {
  readonly requestId: string;
  readonly functionName: string;
  readonly version: string;
  /** `EnvironmentTrace.id`. Absent while the invocation waits, and if it was throttled. */
  readonly environmentId?: string;
  readonly arrivedAt: number;
  /** When lambdock delivered the event. */
  readonly startedAt?: number;
  /** When the caller got its response. */
  readonly endedAt?: number;
  /** When the environment was free again. */
  readonly freeAt?: number;
  /** When the environment was frozen afterwards. Absent if the next invocation came first. */
  readonly frozenAt?: number;
  /** `error`: the function failed. `failure`: lambdock failed. */
  readonly status: 'waiting' | 'running' | 'success' | 'error' | 'timeout' | 'failure' | 'throttled';
  /** For example `Runtime.ExitError`, or the type of the error that the handler raised. */
  readonly errorType?: string;
  /** Whether the invocation waited for an environment to start. */
  readonly isCold: boolean;
  /** Start cause of the environment, if `isCold`. */
  readonly cause?: StartCause;
  /** In order of start. */
  readonly phases: readonly PhaseTrace[];
  /** In order of start; absent if the function recorded none. */
  readonly segments?: readonly SegmentTrace[];
  /** This and the figures below are those of the REPORT line. */
  readonly durationMs?: number;
  readonly billedMs?: number;
  readonly initDurationMs?: number;
  readonly memoryUsedMiB?: number;
  /** In MB. */
  readonly memorySize: number;
}

/** Response of `GET /_lambdock/timeline`. Filters: `function=NAME`, `since=MILLISECONDS` and `limit=COUNT`. */
export interface Timeline {
  /** lambdock's current time. */
  readonly now: number;
  /** The timeline is complete since this time. Earlier events may be missing. */
  readonly since: number;
  readonly environments: readonly EnvironmentTrace[];
  /** In order of arrival. */
  readonly invocations: readonly InvocationTrace[];
}

/** A part of a start, with its children: an import, a package or a file. Times in ms from the start of the profile. */
export interface ImportFrame {
  readonly name: string;
  readonly atMs: number;
  readonly totalMs: number;
  readonly children: readonly ImportFrame[];
}

/** The imports of a cold start with `X-Lambdock-Profile: imports`. */
export interface ImportProfile {
  /** The slowest first, at most five. None of them contains another. */
  readonly imports: readonly Pick<ImportFrame, 'name' | 'atMs' | 'totalMs'>[];
  readonly frames: readonly ImportFrame[];
}

/** Response of `GET /_lambdock/invocations/ID`. A prefix of the id is enough. */
export interface InvocationDetails {
  readonly invocation: InvocationTrace;
  /** Absent if the invocation was throttled or the recorder has evicted its environment. */
  readonly environment?: EnvironmentTrace;
  /** Present for a profiled cold start. */
  readonly profile?: ImportProfile;
}

/** In milliseconds; absent without samples. */
export interface Quantiles {
  readonly p50?: number;
  readonly p95?: number;
}

/** Figures of a function since lambdock started. Quantiles cover the invocations in the timeline. */
export interface FunctionStats {
  readonly functionName: string;
  /** Without throttled invocations. */
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly coldStarts: number;
  /** Share of invocations that were cold starts, 0 to 1. */
  readonly coldShare: number;
  /** As in the REPORT line. */
  readonly duration: Quantiles;
  readonly init: Quantiles;
  /** From arrival to response, including queue and cold start. */
  readonly latency: Quantiles;
  /** Peak. */
  readonly memoryUsedMiB?: number;
  /** In MB. */
  readonly memorySize: number;
  /** Current number. */
  readonly environments: number;
  /** Highest number at the same time. */
  readonly environmentsMost: number;
}

/** Response of `GET /_lambdock/stats`. Filter: `function=NAME`. */
export interface Stats {
  readonly functions: readonly FunctionStats[];
}

/** Response of the routes that control environments. */
export interface ControlResult {
  /** Number of affected environments. For `warm`, `scale` and `idle-clock`: the current number. */
  readonly environments: number;
  /** Present for `warm` and `scale`. */
  readonly started?: number;
  readonly ended?: number;
}

/** A step of a deployment: it started, is ready or has failed. */
export interface DeploymentRow {
  readonly functionName: string;
  readonly at: number;
  readonly state: 'preparing' | 'ready' | 'failed' | 'removed';
  /** Changed members of the function's row, such as `memorySize`. Empty if only the code or the like changed. */
  readonly changed: readonly string[];
  readonly reason?: string;
}

/** Response of `GET /_lambdock/deployments`: the last 500 since lambdock started, oldest first. */
export interface DeploymentHistory {
  readonly deployments: readonly DeploymentRow[];
}

/** A row of `GET /_lambdock/results`: a scenario run or a tuning that a command has posted. */
export interface ResultRow {
  readonly id: string;
  readonly at: number;
  readonly kind: 'scenario' | 'tuning';
  readonly name: string;
}

/**
 * The server-sent events of `GET /_lambdock/events`: member name and JSON data. A changed environment or invocation is
 * sent whole, a few times a second; its newest row replaces earlier ones. Filters: `function=NAME`, and `logs=false`
 * without logs.
 */
export interface LiveEvents {
  /** Sent first, and again after a slow reader has lost events. The reader must then read the timeline. */
  readonly start: { readonly now: number };
  readonly environments: readonly EnvironmentTrace[];
  readonly invocations: readonly InvocationTrace[];
  /** The whole list, sent when any part of it has changed. */
  readonly functions: FunctionList;
  readonly deployment: DeploymentRow;
  readonly stats: Stats;
  readonly queue: readonly QueueRow[];
  readonly eventSources: readonly EventSourceRow[];
  readonly results: readonly ResultRow[];
  readonly logs: readonly LogRow[];
}
