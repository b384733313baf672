import { h } from 'preact';
import type { TuningRun } from '../results';
import { Chart, lineOf, unitAxis } from './chart';
import { TableHead } from './table-head';

/** Duration and cost of a function by memory size. */
export function TuningResult({ tuning }: { readonly tuning: TuningRun }) {
  const { functionName, region, architecture, sizes, ranking } = tuning;
  const rated = sizes.map((size) => ({ ...size, rating: size.warm ?? size.cold }));
  const marks = (memorySize: number) =>
    Object.entries(ranking ?? {})
      .filter(([, best]) => best === memorySize)
      .map(([name]) => name)
      .join(', ');
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
  const dollars = (value: number | undefined) => (value === undefined ? '–' : `$${value.toFixed(2)}`);
  return h(
    'div',
    null,
    h('h1', null, `Tuning of ${functionName}`),
    h('p', { class: 'minor' }, `Costs are US dollars per million invocations: ${region}, ${architecture}`),
    h(
      'table',
      null,
      h(TableHead, {
        columns: ['Memory', 'Duration', 'Cost', 'Cold duration', 'Cold init', 'Errors', 'Best'],
      }),
      h(
        'tbody',
        null,
        sizes.map(({ memorySize, warm, cold, errors }) =>
          h(
            'tr',
            { key: memorySize },
            h('td', { class: 'number' }, `${memorySize} MB`),
            h('td', { class: 'number' }, ms(warm?.durationMs)),
            h('td', { class: 'number' }, dollars(warm?.costPerMillion)),
            h('td', { class: 'number' }, ms(cold?.durationMs)),
            h('td', { class: 'number' }, ms(cold?.initDurationMs)),
            h('td', { class: 'number' }, String(errors)),
            h('td', null, marks(memorySize)),
          ),
        ),
      ),
    ),
    h(Chart, {
      title: 'Duration and cost by memory size',
      data: [
        rated.map(({ memorySize }) => memorySize),
        rated.map(({ rating }) => rating?.durationMs ?? null),
        rated.map(({ rating }) => rating?.costPerMillion ?? null),
      ],
      optionsOf: (color) => ({
        scales: { x: { time: false }, ms: { range: fromZero }, cost: { range: fromZero } },
        axes: [
          unitAxis(color, 'MB', { size: 40 }),
          unitAxis(color, 'ms', { scale: 'ms' }),
          unitAxis(color, '$', { scale: 'cost', side: 1, grid: { show: false } }),
        ],
        series: [
          { label: 'MB' },
          lineOf('duration', color('init'), 'ms', { scale: 'ms', points: { show: true, size: 7 } }),
          lineOf('cost per million', color('link'), '$', {
            scale: 'cost',
            dash: [6, 4],
            points: { show: true, size: 7 },
          }),
        ],
      }),
    }),
  );
}

const fromZero = (_plot: unknown, _least: number, most: number): [number, number] => [
  0,
  Math.max(most * 1.1, 0.01),
];
