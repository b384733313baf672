import { h } from 'preact';
import type { InvocationTrace } from '../../../operator-api/contract';
import { duration, short, timeOfDay } from '../format';
import { addressOf } from '../routing';
import { TableHead } from './table-head';

/** Invocations with links to their waterfalls: the timeline's content as text. */
export function InvocationTable(props: {
  readonly invocations: readonly InvocationTrace[];
  readonly title: string;
}) {
  const { invocations, title } = props;
  return h(
    'section',
    { 'aria-label': title },
    h('h2', null, title),
    invocations.length === 0
      ? h('p', { class: 'minor' }, 'None.')
      : h(
          'div',
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': `${title}, table` },
          h(
            'table',
            null,
            h(TableHead, {
              columns: ['Request', 'Function', 'Arrived', 'Status', 'Start', 'Duration', 'Latency', 'Memory'],
            }),
            h(
              'tbody',
              null,
              invocations.map((each) => h(Row, { invocation: each, key: each.requestId })),
            ),
          ),
        ),
  );
}

function Row({ invocation }: { readonly invocation: InvocationTrace }) {
  const { requestId, functionName, arrivedAt, endedAt, status, errorType, isCold, cause } = invocation;
  const number = (text: string) => h('td', { class: 'number' }, text);
  return h(
    'tr',
    null,
    h('td', null, h('a', { href: addressOf('invocations', requestId) }, short(requestId))),
    h('td', null, functionName),
    h('td', null, timeOfDay(arrivedAt)),
    h('td', null, h(Status, { status }), errorType === undefined ? null : ` ${errorType}`),
    h('td', null, isCold ? `cold: ${cause ?? ''}` : 'warm'),
    number(duration(invocation.durationMs)),
    number(duration(endedAt === undefined ? undefined : endedAt - arrivedAt)),
    number(invocation.memoryUsedMiB === undefined ? '–' : `${Math.round(invocation.memoryUsedMiB)} MB`),
  );
}

export function Status({ status }: { readonly status: InvocationTrace['status'] }) {
  const kind = status === 'success' ? 'ready' : status === 'waiting' || status === 'running' ? '' : 'failed';
  return h('span', { class: kind }, status);
}
