import { h } from 'preact';
import type { FunctionRow, FunctionStats } from '../../../operator-api/contract';
import { functionsCsv } from '../exports/csv';
import { save } from '../exports/save';
import { count, duration, percent } from '../format';
import { useStore } from '../hooks';
import { addressOf } from '../routing';

/** All functions with their figures. */
export function FunctionsView() {
  const { functions, stats } = useStore().state;
  if (functions.length === 0) return h('div', null, h('h1', null, 'Functions'), h(NoFunctions, null));
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'title' },
      h('h1', null, 'Functions'),
      h(
        'button',
        {
          type: 'button',
          onClick: () => save('lambdock-functions.csv', 'text/csv', functionsCsv(functions, stats)),
        },
        'Save as CSV',
      ),
    ),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Functions' },
      h(
        'table',
        { class: 'functions' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            columns.map(([title, hint]) => h('th', { scope: 'col', key: title, title: hint }, title)),
          ),
        ),
        h(
          'tbody',
          null,
          functions.map((row) => h(Row, { row, stats: stats.get(row.name), key: row.name })),
        ),
      ),
    ),
  );
}

const columns = [
  ['Function', ''],
  ['State', ''],
  ['Invocations', 'Since lambdock started, without those that were throttled'],
  ['Errors', 'Invocations that failed, and those that were throttled'],
  ['Cold', 'Share of invocations that waited for an environment to start'],
  ['Duration p50 / p95', 'As in the REPORT line'],
  ['Init p50 / p95', 'As in the REPORT line'],
  ['Memory', 'The most that was used, of what is configured'],
  ['Environments', 'Now, and the most at a time'],
] as const;

function Row({ row, stats }: { readonly row: FunctionRow; readonly stats: FunctionStats | undefined }) {
  const cell = (...content: Parameters<typeof h>[2][]) => h('td', { class: 'number' }, ...content);
  const pair = (quantiles: FunctionStats['duration'] | undefined) =>
    quantiles?.p50 === undefined ? '–' : `${duration(quantiles.p50)} / ${duration(quantiles.p95)}`;
  const errors = stats?.errors ?? 0;
  const throttles = stats?.throttles ?? 0;
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      h('a', { href: addressOf('functions', row.name) }, row.name),
      h('span', { class: 'minor' }, row.runtime ?? row.image ?? ''),
    ),
    h('td', null, h(State, { row })),
    cell(count(stats?.invocations ?? 0)),
    cell(
      h('span', { class: errors > 0 ? 'failed' : '' }, count(errors)),
      throttles > 0 ? h('span', { class: 'minor' }, `${count(throttles)} throttled`) : null,
    ),
    cell(stats && stats.invocations > 0 ? percent(stats.coldShare) : '–'),
    cell(pair(stats?.duration)),
    cell(pair(stats?.init)),
    cell(h(Memory, { used: stats?.memoryUsedMiB, size: row.memorySize })),
    cell(stats ? `${stats.environments} / ${stats.environmentsMost}` : '–'),
  );
}

export function State({ row }: { readonly row: FunctionRow }) {
  return h(
    'span',
    { class: `state ${row.state}` },
    row.state,
    row.reason === undefined ? null : h('span', { class: 'minor' }, row.reason),
  );
}

export function Memory({ used, size }: { readonly used: number | undefined; readonly size: number }) {
  const text = `${used === undefined ? '–' : Math.round(used)} of ${size} MB`;
  return h(
    'span',
    { class: 'memory' },
    used === undefined
      ? null
      : h('meter', { value: used, max: size, high: size * 0.9, 'aria-label': 'Memory used' }),
    text,
  );
}

function NoFunctions() {
  return h(
    'p',
    null,
    'No functions yet. Add one to lambdock.yaml, or deploy a folder: ',
    h('code', null, 'npx lambdock deploy FOLDER'),
  );
}
