import { h } from 'preact';
import type { InvocationTrace } from '../../../operator-api/contract';
import { Chart, pointsOf, timeAxis, unitAxis } from './chart';

type Columns = [number[], (number | null)[], (number | null)[], (number | null)[]];

/** Durations over time, with separate points for warm, cold and failed invocations. */
export function DurationChart({ invocations }: { readonly invocations: readonly InvocationTrace[] }) {
  const ended = invocations.filter(({ endedAt }) => endedAt !== undefined);
  if (ended.length === 0) return null;
  return h(Chart, {
    title: 'Latency over time',
    data: columnsOf(ended),
    optionsOf: (color) => ({
      // Logarithmic, since cold starts take up to a hundred times as long as warm ones.
      scales: { y: { distr: 3 } },
      axes: [timeAxis(color), unitAxis(color, 'ms')],
      series: [
        {},
        pointsOf('warm', color('run')),
        pointsOf('cold', color('init')),
        pointsOf('failed', color('error')),
      ],
    }),
  });
}

function columnsOf(invocations: readonly InvocationTrace[]): Columns {
  const columns: Columns = [[], [], [], []];
  for (const { arrivedAt, endedAt = arrivedAt, isCold, status } of invocations) {
    const ms = Math.max(0.01, endedAt - arrivedAt);
    const isFailed = status !== 'success';
    columns[0].push(arrivedAt / 1_000);
    columns[1].push(isFailed || isCold ? null : ms);
    columns[2].push(isFailed || !isCold ? null : ms);
    columns[3].push(isFailed ? ms : null);
  }
  return columns;
}
