import { type ComponentChildren, h } from 'preact';
import type uPlot from 'uplot';
import { quantileOfSorted } from '../../../lib/statistics';
import { count, duration, percent } from '../format';
import { figuresOf, latencies, type RunFigures, type ScenarioRun } from '../results';
import { Chart, lineOf, pointsOf, unitAxis } from './chart';
import { TableHead } from './table-head';

interface Props {
  readonly run: ScenarioRun;
  /** The run to compare with. */
  readonly against?: ScenarioRun;
  readonly children?: ComponentChildren;
}

/** Assertions, figures and plots of a scenario run, next to those of the run that it is compared with. */
export function ScenarioResult({ run, against, children }: Props) {
  const { scenario, startedAt, seed, speed } = run;
  return h(
    'div',
    null,
    h('h1', null, scenario),
    h(
      'p',
      { class: 'minor' },
      `${startedAt}, seed ${seed}, speed ${speed}, ${count(run.requests.length)} requests`,
    ),
    h('p', null, children),
    h(Assertions, { run }),
    h('h2', null, 'Figures'),
    h(FigureTable, { run, ...(against && { against }) }),
    h(Chart, {
      title: 'Latency over the time of the scenario',
      data: overTime(run),
      optionsOf: (color) => ({
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [unitAxis(color, 's', { size: 40 }), unitAxis(color, 'ms')],
        series: [
          { label: 'second' },
          pointsOf('warm', color('run')),
          pointsOf('cold', color('init')),
          pointsOf('failed', color('error')),
        ],
      }),
    }),
    h(Chart, {
      title: 'Share of requests within a latency',
      data: shares(run, against),
      optionsOf: (color) => ({
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [unitAxis(color, '%', { size: 40 }), unitAxis(color, 'ms')],
        series: [
          { label: '% of requests' },
          lineOf('this run', color('link'), 'ms'),
          ...(against ? [lineOf('the other run', color('declared'), 'ms', { dash: [6, 4] })] : []),
        ],
      }),
    }),
  );
}

function Assertions({ run: { assertions } }: { readonly run: ScenarioRun }) {
  if (assertions.length === 0) return null;
  return h(
    'table',
    null,
    h(TableHead, { columns: ['Assertion', 'Result', 'Was'] }),
    h(
      'tbody',
      null,
      assertions.map(({ text, passed, actual }) =>
        h(
          'tr',
          { key: text },
          h('td', null, text),
          h('td', null, h('span', { class: passed ? '' : 'failed' }, passed ? 'passed' : 'failed')),
          h('td', { class: 'number' }, actual),
        ),
      ),
    ),
  );
}

/** Names of the figures and their formats. */
const figures: readonly (readonly [string, (figures: RunFigures) => string])[] = [
  ['Requests', ({ requests }) => count(requests)],
  ['Cold share', ({ coldShare }) => percent(coldShare)],
  ['Failed', ({ failed }) => count(failed)],
  ['Throttled', ({ throttled }) => count(throttled)],
  ['Latency p50', ({ p50 }) => duration(p50)],
  ['Latency p95', ({ p95 }) => duration(p95)],
  ['Longest', ({ max }) => duration(max)],
  [
    'Most environments',
    ({ environmentsMost }) => (environmentsMost === undefined ? '–' : count(environmentsMost)),
  ],
];

function FigureTable({ run, against }: { readonly run: ScenarioRun; readonly against?: ScenarioRun }) {
  const requests = [...run.requests, ...(against?.requests ?? [])];
  const names = [...new Set(requests.map(({ functionName }) => functionName))].sort();
  const runs = against ? [run, against] : [run];
  const columns = against
    ? ['Function', 'Figure', 'This run', 'The other run']
    : ['Function', 'Figure', 'This run'];
  return h(
    'table',
    null,
    h(TableHead, { columns }),
    h(
      'tbody',
      null,
      names.flatMap((name) => {
        const found = runs.map((each) => figuresOf(each, name));
        return figures.map(([title, written], at) =>
          h(
            'tr',
            { key: `${name} ${title}` },
            h('td', null, at === 0 ? name : ''),
            h('td', null, title),
            found.map((each, index) => h('td', { class: 'number', key: index }, written(each))),
          ),
        );
      }),
    ),
  );
}

function overTime({ requests }: ScenarioRun): uPlot.AlignedData {
  const sorted = requests.filter(({ status }) => status !== 'throttled').toSorted((a, b) => a.atMs - b.atMs);
  const column = (isIn: (each: (typeof sorted)[number]) => boolean) =>
    sorted.map((each) => (isIn(each) ? Math.max(0.01, each.latencyMs) : null));
  return [
    sorted.map(({ atMs }) => atMs / 1_000),
    column(({ status, isCold }) => status === 'success' && !isCold),
    column(({ status, isCold }) => status === 'success' && isCold),
    column(({ status }) => status !== 'success'),
  ];
}

/** Latency at each half percent. */
function shares(run: ScenarioRun, against: ScenarioRun | undefined): uPlot.AlignedData {
  const at = Array.from({ length: 201 }, (_, index) => index / 2);
  const curve = (each: ScenarioRun) => {
    const sorted = latencies(each);
    return at.map((percentage) => Math.max(0.01, quantileOfSorted(sorted, percentage / 100) ?? 0.01));
  };
  return against ? [at, curve(run), curve(against)] : [at, curve(run)];
}
