import { h } from 'preact';
import { timeOfDay } from '../format';
import { useStore } from '../hooks';
import { addressOf } from '../routing';
import { TableHead } from './table-head';

/** Deployments and their changes, newest first. */
export function DeploymentsView() {
  const { deployments } = useStore().state;
  return h(
    'div',
    null,
    h('h1', null, 'Deployments'),
    deployments.length === 0
      ? h('p', null, 'Nothing has been deployed since lambdock started.')
      : h(
          'table',
          null,
          h(TableHead, { columns: ['Time', 'Function', 'State', 'Changed'] }),
          h(
            'tbody',
            null,
            deployments.map(({ at, functionName, state, changed, reason }) =>
              h(
                'tr',
                { key: `${at} ${functionName} ${state}` },
                h('td', null, timeOfDay(at)),
                h('td', null, h('a', { href: addressOf('functions', functionName) }, functionName)),
                h(
                  'td',
                  null,
                  h('span', { class: `state ${state}` }, state),
                  reason === undefined ? null : h('span', { class: 'minor' }, reason),
                ),
                h('td', null, changed.length === 0 ? 'code, or nothing that is listed' : changed.join(', ')),
              ),
            ),
          ),
        ),
  );
}
