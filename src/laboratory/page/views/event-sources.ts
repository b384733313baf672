import { h } from 'preact';
import { timeOfDay } from '../format';
import { useStore } from '../hooks';
import { addressOf } from '../routing';
import { TableHead } from './table-head';

/** The stored event source mappings. */
export function EventSourcesView() {
  const { eventSources } = useStore().state;
  return h(
    'div',
    null,
    h('h1', null, 'Event sources'),
    h(
      'p',
      null,
      'lambdock stores event source mappings and does not poll their sources, so there are no results of polls. ',
      'To try a function, invoke it with a sample event of its source: choose one in the editor of the function.',
    ),
    eventSources.length === 0
      ? h('p', null, 'No event source mappings are stored.')
      : h(
          'div',
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Event source mappings' },
          h(
            'table',
            null,
            h(TableHead, {
              columns: ['Source', 'Function', 'State', 'Last result', 'Batch size', 'Window', 'Modified'],
            }),
            h(
              'tbody',
              null,
              eventSources.map(
                ({
                  uuid,
                  sources,
                  functionName,
                  qualifier,
                  state,
                  batchSize,
                  batchWindowSeconds,
                  modifiedAt,
                }) =>
                  h(
                    'tr',
                    { key: uuid },
                    h('td', { title: uuid }, sources.join(', ')),
                    h(
                      'td',
                      null,
                      h(
                        'a',
                        { href: addressOf('functions', functionName) },
                        qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
                      ),
                    ),
                    h('td', null, state),
                    h('td', { class: 'minor' }, 'not polled'),
                    h('td', { class: 'number' }, batchSize === undefined ? '–' : String(batchSize)),
                    h(
                      'td',
                      { class: 'number' },
                      batchWindowSeconds === undefined ? '–' : `${batchWindowSeconds} s`,
                    ),
                    h('td', null, timeOfDay(Date.parse(modifiedAt))),
                  ),
              ),
            ),
          ),
        ),
  );
}
