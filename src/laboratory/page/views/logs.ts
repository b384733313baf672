import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { short, timeOfDay } from '../format';
import { useStore } from '../hooks';
import { type LogEntry, visible } from '../log-buffer';
import { addressOf, type Route } from '../routing';

/** Number of lines that are rendered. The filter searches all lines in the page's memory. */
const shownMost = 1_000;

/** The log with a filter, which the address keeps. Follows new lines. */
export function LogsView({ route }: { readonly route: Route }) {
  const store = useStore();
  const list = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const { function: functionName = '', request = '', contains = '' } = route.query;
  const frozen = useRef<readonly LogEntry[]>([]);
  const filter = {
    ...(functionName !== '' && { functionName }),
    ...(request !== '' && { requestId: request }),
    ...(contains !== '' && { contains }),
  };
  const key = JSON.stringify(filter);
  const shownFor = useRef(key);
  if (isFollowing || shownFor.current !== key) frozen.current = store.logs.select(filter, shownMost);
  shownFor.current = key;
  const lines = frozen.current;
  useEffect(() => {
    if (isFollowing) list.current?.scrollTo({ top: list.current.scrollHeight });
  });
  const go = (change: Readonly<Record<string, string>>) => {
    const query = { function: functionName, request, contains, ...change };
    history.replaceState(null, '', addressOf('logs', undefined, query));
    dispatchEvent(new HashChangeEvent('hashchange'));
  };
  const field = (name: string, label: string, value: string) =>
    h(
      'label',
      null,
      `${label} `,
      h('input', {
        type: 'search',
        value,
        onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
          go({ [name]: currentTarget.value }),
      }),
    );
  return h(
    'div',
    { class: 'logs' },
    h(
      'div',
      { class: 'title' },
      h('h1', null, 'Logs'),
      h(
        'label',
        null,
        'Function ',
        h(
          'select',
          {
            value: functionName,
            onChange: ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) =>
              go({ function: currentTarget.value }),
          },
          h('option', { value: '' }, 'all'),
          store.state.functions.map(({ name }) => h('option', { value: name, key: name }, name)),
        ),
      ),
      field('contains', 'Contains', contains),
      field('request', 'Request', request),
      h(
        'label',
        null,
        h('input', { type: 'checkbox', checked: isFollowing, onChange: () => setFollowing(!isFollowing) }),
        ' Follow',
      ),
    ),
    lines.length === 0 ? h('p', null, 'No lines match.') : null,
    h(
      'div',
      { class: 'lines', ref: list, tabIndex: 0, role: 'log', 'aria-label': 'Log lines', 'aria-live': 'off' },
      lines.map((line) => h(Line, { line, key: line.at })),
    ),
  );
}

function Line({ line }: { readonly line: LogEntry }) {
  const { time, functionName, requestId, text } = line;
  const at = Date.parse(time);
  return h(
    'div',
    { class: 'line' },
    h(
      'a',
      {
        class: 'time',
        href: addressOf('timeline', undefined, { at: String(at) }),
        title: `${time}: show in the timeline`,
      },
      timeOfDay(at),
    ),
    h('span', { class: 'name' }, functionName),
    h(
      'span',
      { class: 'request' },
      requestId === undefined
        ? null
        : h('a', { href: addressOf('invocations', requestId), title: 'Waterfall' }, short(requestId)),
    ),
    h('span', { class: 'text' }, visible(text)),
  );
}
