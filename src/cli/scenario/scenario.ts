/** Load on one function, over a time that begins with the phase. Times in milliseconds, rates in requests a second. */
export type Load =
  | { readonly kind: 'constant'; readonly rate: number; readonly forMs: number }
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number; readonly forMs: number }
  | { readonly kind: 'burst'; readonly requests: number; readonly withinMs: number }
  | { readonly kind: 'poisson'; readonly rate: number; readonly forMs: number }
  | { readonly kind: 'cron'; readonly schedule: string; readonly forMs: number }
  /** An absolute path. */
  | { readonly kind: 'replay'; readonly file: string };

export type Phase =
  | { readonly kind: 'idle'; readonly forMs: number }
  /** Loads that begin together; the phase lasts as long as the longest. */
  | { readonly kind: 'loads'; readonly loads: readonly FunctionLoad[] };

export interface FunctionLoad {
  readonly functionName: string;
  readonly load: Load;
  readonly event: unknown;
}

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly phases: readonly Phase[];
  readonly assertions: readonly Assertion[];
}

/** E.g. `hello: p95 < 200 ms`. */
export interface Assertion {
  /** The assertion's normalized text. */
  readonly text: string;
  /** Absent: all functions together. */
  readonly functionName?: string;
  readonly metric: string;
  readonly operator: '<' | '<=' | '=' | '>=' | '>';
  /** In milliseconds, as a share from 0 to 1, or a count. */
  readonly value: number;
}

/** A request as the scenario has it. */
export interface PlannedRequest {
  /** Since the scenario's begin, in its own time. */
  readonly atMs: number;
  readonly functionName: string;
  readonly event: unknown;
  /** Index of its phase. */
  readonly phase: number;
}

/** Result of a request. */
export interface RequestResult {
  readonly requestId?: string;
  readonly functionName: string;
  readonly phase: number;
  readonly atMs: number;
  readonly status: 'success' | 'error' | 'timeout' | 'failure' | 'throttled';
  /** Until its response, as lambdock measured it; as this command did where lambdock has forgotten it. */
  readonly latencyMs: number;
  readonly isCold: boolean;
  readonly cause?: string;
  readonly environmentId?: string;
  readonly durationMs?: number;
  readonly initDurationMs?: number;
  readonly billedMs?: number;
}

/** Result of a run; the JSON of `--json`. */
export interface RunResult {
  readonly scenario: string;
  readonly seed: number;
  readonly speed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The scenario's own time. */
  readonly virtualMs: number;
  readonly tookMs: number;
  readonly requests: readonly RequestResult[];
  /** The most environments at a time, by function. */
  readonly environmentsMost: Readonly<Record<string, number>>;
  readonly assertions: readonly AssertionResult[];
}

export interface AssertionResult {
  readonly text: string;
  readonly functionName?: string;
  readonly passed: boolean;
  /** The actual value with its unit; `nothing` without samples. */
  readonly actual: string;
}
