import { table } from '../terminal/table';
import { figure, figureText, metrics } from './figures';
import type { RunResult } from './scenario';

const compared = [
  'requests',
  'cold starts',
  'cold share',
  'errors',
  'throttles',
  'p50',
  'p90',
  'p95',
  'p99',
  'max',
  'duration p50',
  'duration p95',
  'init p50',
  'init p95',
  'max environments',
];

interface Row {
  readonly metric: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Two runs as text: figures with their change, and how latencies are spread, by function. */
export function diffText(before: RunResult, after: RunResult): string {
  const names = [
    ...new Set([...before.requests, ...after.requests].map(({ functionName }) => functionName)),
  ].sort();
  const head = `A: ${described(before)}\nB: ${described(after)}\n`;
  return (
    head +
    names.map((name) => `\n${name}\n${figures(before, after, name)}\n${plot(before, after, name)}`).join('')
  );
}

const described = ({ scenario, startedAt, seed, speed }: RunResult) =>
  `${scenario}, ${startedAt}, seed ${seed}, speed ${speed}`;

function figures(before: RunResult, after: RunResult, name: string): string {
  const rows: Row[] = compared
    .map((metric) => ({ metric, before: figure(metric, before, name), after: figure(metric, after, name) }))
    .filter((row) => row.before !== undefined || row.after !== undefined);
  return table(
    [
      { title: 'FIGURE', text: ({ metric }) => metric },
      { title: 'A', text: (row) => valueText(row.metric, row.before), alignRight: true },
      { title: 'B', text: (row) => valueText(row.metric, row.after), alignRight: true },
      { title: 'CHANGE', text: changeText, alignRight: true },
    ],
    rows,
  );
}

const valueText = (metric: string, value: number | undefined) =>
  value === undefined ? '-' : figureText(metric, value);

function changeText({ metric, before, after }: Row): string {
  if (before === undefined || after === undefined || before === after) return '-';
  const sign = after > before ? '+' : '-';
  const difference = Math.abs(after - before);
  if (metrics[metric]?.unit === 'share') return `${sign}${(difference * 100).toFixed(1)} points`;
  return before === 0
    ? `${sign}${figureText(metric, difference)}`
    : `${sign}${((difference / before) * 100).toFixed(0)} %`;
}

const barWidth = 30;
/** Steps of latency to a factor of ten. */
const stepsPerDecade = 5;

/** Latencies in steps that grow evenly on a logarithmic scale; the longest bar of each run has the whole width. */
function plot(before: RunResult, after: RunResult, name: string): string {
  const latencies = [before, after].map(({ requests }) =>
    requests
      .filter((each) => each.functionName === name && each.status !== 'throttled')
      .map(({ latencyMs }) => latencyMs),
  );
  const stepOf = (ms: number) => Math.floor(Math.log10(Math.max(0.01, ms)) * stepsPerDecade);
  const steps = latencies.flat().map(stepOf);
  if (steps.length === 0) return '';
  const [low, high] = [Math.min(...steps), Math.max(...steps)];
  const counts = latencies.map((each) => {
    const found = new Map<number, number>();
    for (const ms of each) found.set(stepOf(ms), (found.get(stepOf(ms)) ?? 0) + 1);
    return found;
  });
  const bar = (found: ReadonlyMap<number, number> | undefined, step: number) => {
    const count = found?.get(step) ?? 0;
    const most = Math.max(1, ...(found?.values() ?? []));
    return count === 0 ? '' : '█'.repeat(Math.max(1, Math.round((count / most) * barWidth)));
  };
  const lines = Array.from({ length: high - low + 1 }, (_, index) => {
    const step = low + index;
    const from = 10 ** (step / stepsPerDecade);
    const label = from.toFixed(from < 10 ? 1 : 0).padStart(8);
    return `${label}  ${bar(counts[0], step).padEnd(barWidth)}  ${bar(counts[1], step)}`.trimEnd();
  });
  return `${'from ms'.padStart(8)}  ${'A'.padEnd(barWidth)}  B\n${lines.join('\n')}\n`;
}
