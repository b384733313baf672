import { h } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../api';
import { short, timeOfDay } from '../format';
import { useStore } from '../hooks';
import { addressOf } from '../routing';
import { TableHead } from './table-head';

/** Asynchronous invocations that have not ended. */
export function QueueView() {
  const { queue } = useStore().state;
  const [message, setMessage] = useState('');
  const act = async (what: 'retry' | 'purge') => {
    if (what === 'purge' && !confirm(`Remove ${queue.length} events from the queue?`)) return;
    try {
      const { events } = await post<{ readonly events: number }>(`/_lambdock/queue/${what}`);
      setMessage(`${events} events ${what === 'retry' ? 'are tried again now' : 'were removed'}.`);
    } catch (error) {
      setMessage(error instanceof Error ? error.message : String(error));
    }
  };
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'title' },
      h('h1', null, 'Queue'),
      h(
        'button',
        { type: 'button', disabled: queue.length === 0, onClick: () => void act('retry') },
        'Retry now',
      ),
      h(
        'button',
        { type: 'button', disabled: queue.length === 0, onClick: () => void act('purge') },
        'Purge…',
      ),
    ),
    h('p', { role: 'status', class: 'minor' }, message),
    queue.length === 0
      ? h('p', null, 'No asynchronous invocations are waiting.')
      : h(
          'div',
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Waiting invocations' },
          h(
            'table',
            null,
            h(TableHead, { columns: ['Request', 'Function', 'Accepted', 'Next attempt', 'Failed attempts'] }),
            h(
              'tbody',
              null,
              queue.map(({ requestId, functionName, qualifier, acceptedAt, dueAt, attempts }) =>
                h(
                  'tr',
                  { key: requestId },
                  h(
                    'td',
                    null,
                    h('a', { href: addressOf('logs', undefined, { request: requestId }) }, short(requestId)),
                  ),
                  h('td', null, qualifier === undefined ? functionName : `${functionName}:${qualifier}`),
                  h('td', null, timeOfDay(Date.parse(acceptedAt))),
                  h('td', null, timeOfDay(Date.parse(dueAt))),
                  h('td', { class: 'number' }, String(attempts)),
                ),
              ),
            ),
          ),
        ),
  );
}
