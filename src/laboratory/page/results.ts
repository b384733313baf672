import { quantileOfSorted } from '../../lib/statistics';

/** The members of a scenario run that the page reads. */
export interface ScenarioRun {
  readonly kind: 'scenario';
  readonly scenario: string;
  readonly startedAt: string;
  readonly seed: number;
  readonly speed: number;
  readonly requests: readonly {
    readonly functionName: string;
    readonly atMs: number;
    readonly status: string;
    readonly latencyMs: number;
    readonly isCold: boolean;
  }[];
  readonly environmentsMost: Readonly<Record<string, number>>;
  readonly assertions: readonly {
    readonly text: string;
    readonly functionName?: string;
    readonly passed: boolean;
    readonly actual: string;
  }[];
}

interface SizeFigures {
  readonly durationMs: number;
  readonly costPerMillion: number;
  readonly initDurationMs?: number;
}

/** The members of a tuning that the page reads. */
export interface TuningRun {
  readonly kind: 'tuning';
  readonly functionName: string;
  readonly region: string;
  readonly architecture: string;
  readonly sizes: readonly {
    readonly memorySize: number;
    readonly errors: number;
    readonly warm?: SizeFigures;
    readonly cold?: SizeFigures;
  }[];
  readonly ranking?: { readonly cheapest: number; readonly fastest: number; readonly balanced: number };
}

export type RunOrTuning = ScenarioRun | TuningRun;

export interface OpenedResult {
  readonly fileName: string;
  readonly result: RunOrTuning;
}

/** The result in a file or a response; undefined if it is neither a scenario run nor a tuning. */
export function resultIn(value: unknown): RunOrTuning | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = value as Partial<ScenarioRun> & Partial<TuningRun>;
  if (typeof found.scenario === 'string' && Array.isArray(found.requests) && Array.isArray(found.assertions))
    return { ...(value as ScenarioRun), environmentsMost: found.environmentsMost ?? {}, kind: 'scenario' };
  if (typeof found.functionName === 'string' && Array.isArray(found.sizes))
    return { ...(value as TuningRun), kind: 'tuning' };
  return undefined;
}

/** Latencies of requests that were not throttled, of one function or of all, in ascending order. */
export function latencies({ requests }: ScenarioRun, functionName?: string): readonly number[] {
  return requests
    .filter(({ status }) => status !== 'throttled')
    .filter((each) => functionName === undefined || each.functionName === functionName)
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a - b);
}

export interface RunFigures {
  readonly requests: number;
  readonly coldShare: number | undefined;
  readonly failed: number;
  readonly throttled: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly max: number | undefined;
  readonly environmentsMost: number | undefined;
}

export function figuresOf(run: ScenarioRun, functionName: string): RunFigures {
  const own = run.requests.filter((each) => each.functionName === functionName);
  const answered = own.filter(({ status }) => status !== 'throttled');
  const sorted = latencies(run, functionName);
  return {
    requests: own.length,
    coldShare:
      answered.length === 0 ? undefined : answered.filter(({ isCold }) => isCold).length / answered.length,
    failed: answered.filter(({ status }) => status !== 'success').length,
    throttled: own.length - answered.length,
    p50: quantileOfSorted(sorted, 0.5),
    p95: quantileOfSorted(sorted, 0.95),
    max: sorted.at(-1),
    environmentsMost: run.environmentsMost[functionName],
  };
}
