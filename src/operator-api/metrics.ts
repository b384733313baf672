import { durationBounds } from '../laboratory/duration-histogram';
import type { FunctionCounters } from '../laboratory/function-counters';

export const metricsContentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: (counters: FunctionCounters) => number;
}

const metrics: readonly Metric[] = [
  {
    name: 'lambdock_invocations',
    type: 'counter',
    help: 'Invocations that have ended, throttled ones left out.',
    value: ({ invocations }) => invocations,
  },
  {
    name: 'lambdock_errors',
    type: 'counter',
    help: 'Invocations that ended with an error, a timeout or without a response.',
    value: ({ errors }) => errors,
  },
  {
    name: 'lambdock_throttles',
    type: 'counter',
    help: 'Requests that were refused because of concurrency.',
    value: ({ throttles }) => throttles,
  },
  {
    name: 'lambdock_cold_starts',
    type: 'counter',
    help: 'Invocations that waited for the start of an environment.',
    value: ({ coldStarts }) => coldStarts,
  },
  {
    name: 'lambdock_concurrent_executions',
    type: 'gauge',
    help: 'Invocations under way.',
    value: ({ underWay }) => underWay,
  },
  {
    name: 'lambdock_environments',
    type: 'gauge',
    help: 'Execution environments that exist.',
    value: ({ environments }) => environments,
  },
];

/**
 * The counters of all functions since lambdock started, as OpenMetrics text.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function openMetrics(all: Iterable<FunctionCounters>): string {
  const counters = [...all].sort((a, b) => (a.functionName < b.functionName ? -1 : 1));
  const lines = metrics.flatMap(({ name, type, help, value }) => [
    `# TYPE ${name} ${type}`,
    `# HELP ${name} ${help}`,
    ...counters.map((each) => `${name}${type === 'counter' ? '_total' : ''}{${label(each)}} ${value(each)}`),
  ]);
  return [...lines, ...durations(counters), '# EOF', ''].join('\n');
}

function durations(counters: readonly FunctionCounters[]): readonly string[] {
  const name = 'lambdock_duration_seconds';
  return [
    `# TYPE ${name} histogram`,
    `# UNIT ${name} seconds`,
    `# HELP ${name} Time from the delivery of an event to the response.`,
    ...counters.flatMap((each) => {
      let sum = 0;
      const buckets = each.durations.counts.map((count, at) => {
        sum += count;
        return `${name}_bucket{${label(each)},le="${durationBounds[at] ?? '+Inf'}"} ${sum}`;
      });
      return [
        ...buckets,
        `${name}_count{${label(each)}} ${each.durations.count}`,
        `${name}_sum{${label(each)}} ${each.durations.sumMs / 1_000}`,
      ];
    }),
  ];
}

/** Function names contain no characters that need an escape. */
const label = ({ functionName }: FunctionCounters) => `function="${functionName}"`;
