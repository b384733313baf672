import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { InvocationTrace } from '../../../operator-api/contract';

type Columns = [number[], (number | null)[], (number | null)[], (number | null)[]];

/** Durations over time: warm and cold calls as points of their own, and failed ones. */
export function DurationChart({ invocations }: { readonly invocations: readonly InvocationTrace[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const ended = invocations.filter(({ endedAt }) => endedAt !== undefined);
  const hasAny = ended.length > 0;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const drawn = new uPlot(optionsFor(element), columnsOf(ended), element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: 220 }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [hasAny]);
  useEffect(() => plot.current?.setData(columnsOf(ended)));
  if (!hasAny) return null;
  return h(
    'section',
    { 'aria-label': 'Latency over time' },
    h('h2', null, 'Latency over time'),
    h('div', { ref: place, class: 'chart', 'aria-hidden': 'true' }),
  );
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

function optionsFor(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const points = (label: string, name: string): uPlot.Series => ({
    label,
    stroke: color(name),
    paths: () => null,
    points: { show: true, size: 6, fill: color(name) },
    value: (_plot, value) => (value === null ? '–' : `${value.toFixed(2)} ms`),
  });
  const axis = {
    stroke: color('text'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line'), width: 1 },
  };
  return {
    width: Math.max(300, element.clientWidth),
    height: 220,
    // Cold calls take a hundred times as long as warm ones.
    scales: { y: { distr: 3 } },
    axes: [
      axis,
      {
        ...axis,
        size: 80,
        values: (_plot, values) => values.map((each) => (each === null ? '' : `${each} ms`)),
      },
    ],
    series: [{}, points('warm', 'run'), points('cold', 'init'), points('failed', 'error')],
  };
}
