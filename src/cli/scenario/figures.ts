import { quantile } from '../../lib/statistics';
import type { Assertion, AssertionResult, RequestResult, RunResult } from './scenario';

type Samples = Pick<RunResult, 'requests' | 'environmentsMost'>;

/** A metric and the format of its value. */
interface Metric {
  readonly unit: 'ms' | 'share' | 'count';
  readonly read: (requests: readonly RequestResult[], environmentsMost: number) => number | undefined;
}

const ended = (requests: readonly RequestResult[]) => requests.filter(({ status }) => status !== 'throttled');
const failed = ({ status }: RequestResult) => status !== 'success' && status !== 'throttled';
const numbers = (values: readonly (number | undefined)[]) => values.filter((each) => each !== undefined);
const share = (part: number, whole: number) => (whole === 0 ? undefined : part / whole);

function quantileMetric(at: number, of: (request: RequestResult) => number | undefined): Metric {
  return { unit: 'ms', read: (requests) => quantile(numbers(ended(requests).map(of)), at) };
}

const levels = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 };

const kinds: readonly (readonly [string, (request: RequestResult) => number | undefined])[] = [
  ['', ({ latencyMs }) => latencyMs],
  ['duration ', ({ durationMs }) => durationMs],
  ['init ', ({ initDurationMs, isCold }) => (isCold ? initDurationMs : undefined)],
];

/** By the name in assertions. `p95` alone is the latency: from the request's arrival to its response. */
export const metrics: Readonly<Record<string, Metric>> = {
  requests: { unit: 'count', read: (requests) => requests.length },
  'cold share': {
    unit: 'share',
    read: (requests) => share(requests.filter(({ isCold }) => isCold).length, ended(requests).length),
  },
  'cold starts': { unit: 'count', read: (requests) => requests.filter(({ isCold }) => isCold).length },
  errors: { unit: 'count', read: (requests) => requests.filter(failed).length },
  'error share': {
    unit: 'share',
    read: (requests) => share(requests.filter(failed).length, ended(requests).length),
  },
  throttles: { unit: 'count', read: (requests) => requests.length - ended(requests).length },
  'max environments': { unit: 'count', read: (_, environmentsMost) => environmentsMost },
  ...Object.fromEntries(
    kinds.flatMap(([prefix, of]) =>
      Object.entries(levels).map(([name, at]) => [`${prefix}${name}`, quantileMetric(at, of)] as const),
    ),
  ),
};

/** A metric's value over one function, or over all. */
export function figure(
  name: string,
  { requests, environmentsMost }: Samples,
  functionName?: string,
): number | undefined {
  const own =
    functionName === undefined ? requests : requests.filter((each) => each.functionName === functionName);
  const most =
    functionName === undefined
      ? Math.max(0, ...Object.values(environmentsMost))
      : (environmentsMost[functionName] ?? 0);
  return metrics[name]?.read(own, most);
}

/** With its unit: `4.2 %`, `180 ms`, `12`. */
export function figureText(name: string, value: number | undefined): string {
  if (value === undefined) return 'nothing';
  const unit = metrics[name]?.unit;
  if (unit === 'share') return `${Number((value * 100).toFixed(2))} %`;
  return unit === 'ms' ? `${Number(value.toFixed(value < 100 ? 1 : 0))} ms` : String(value);
}

const holds: Readonly<Record<Assertion['operator'], (actual: number, value: number) => boolean>> = {
  '<': (actual, value) => actual < value,
  '<=': (actual, value) => actual <= value,
  '=': (actual, value) => actual === value,
  '>=': (actual, value) => actual >= value,
  '>': (actual, value) => actual > value,
};

/** A metric without samples fails: what was to be measured did not happen. */
export function check(
  { text, functionName, metric, operator, value }: Assertion,
  samples: Samples,
): AssertionResult {
  const actual = figure(metric, samples, functionName);
  return {
    text,
    ...(functionName !== undefined && { functionName }),
    passed: actual !== undefined && holds[operator](actual, value),
    actual: figureText(metric, actual),
  };
}
