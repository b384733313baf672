import { h } from 'preact';
import { count, duration, percent } from '../format';
import { useStore } from '../hooks';
import { addressOf, type Route } from '../routing';
import { Controls } from './controls';
import { DurationChart } from './duration-chart';
import { Memory, State } from './functions';
import { InvocationTable } from './invocation-table';
import { InvokePanel } from './invoke';

/** Number of a function's invocations that are listed. */
const listedMost = 50;

/** One function: its settings and figures, the event editor, and its last invocations. */
export function FunctionView({ route }: { readonly route: Route }) {
  const store = useStore(1_000);
  const name = route.subject ?? '';
  const row = store.state.functions.find((each) => each.name === name);
  if (row === undefined) {
    return h('div', null, h('h1', null, name), h('p', null, `Function ${name} not found.`));
  }
  const stats = store.state.stats.get(name);
  const invocations = store.recording.invocations(name);
  const details: readonly (readonly [string, Parameters<typeof h>[2]])[] = [
    ['State', h(State, { row })],
    ['Runs on', row.runtime ?? row.image ?? ''],
    ...(row.handler === undefined ? [] : [['Handler', row.handler] as const]),
    ['Timeout', `${row.timeout} s`],
    ['Memory', h(Memory, { used: stats?.memoryUsedMiB, size: row.memorySize })],
    ['Invocations', count(stats?.invocations ?? 0)],
    ['Errors', count(stats?.errors ?? 0)],
    ['Throttled', count(stats?.throttles ?? 0)],
    ['Cold starts', stats ? `${count(stats.coldStarts)} (${percent(stats.coldShare)})` : '–'],
    ['Duration p50 / p95', `${duration(stats?.duration.p50)} / ${duration(stats?.duration.p95)}`],
    ['Latency p50 / p95', `${duration(stats?.latency.p50)} / ${duration(stats?.latency.p95)}`],
    ['Init p50 / p95', `${duration(stats?.init.p50)} / ${duration(stats?.init.p95)}`],
  ];
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'title' },
      h('h1', null, name),
      h('a', { class: 'button', href: addressOf('timeline', undefined, { function: name }) }, 'Timeline'),
      h('a', { class: 'button', href: addressOf('logs', undefined, { function: name }) }, 'Logs'),
    ),
    h(
      'dl',
      { class: 'details' },
      details.map(([title, value]) => h('div', { key: title }, h('dt', null, title), h('dd', null, value))),
    ),
    h(InvokePanel, { row }),
    h(Controls, { functionName: name }),
    h(DurationChart, { invocations }),
    h(InvocationTable, { invocations: invocations.slice(-listedMost).reverse(), title: 'Last invocations' }),
  );
}
