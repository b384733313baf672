import { type ComponentType, h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useRoute, useStore } from './hooks';
import { addressOf, type Route } from './routing';
import { DeploymentsView } from './views/deployments';
import { EventSourcesView } from './views/event-sources';
import { FunctionView } from './views/function';
import { FunctionsView } from './views/functions';
import { InvocationView } from './views/invocation';
import { LogsView } from './views/logs';
import { QueueView } from './views/queue';
import { ResultView } from './views/result';
import { ResultsView } from './views/results';
import { TimelineView } from './views/timeline';

const tabs = [
  ['functions', 'Functions'],
  ['timeline', 'Timeline'],
  ['logs', 'Logs'],
  ['deployments', 'Deployments'],
  ['queue', 'Queue'],
  ['event-sources', 'Event sources'],
  ['results', 'Results'],
] as const;

const views: Readonly<Record<string, ComponentType<{ readonly route: Route }>>> = {
  functions: FunctionsView,
  timeline: TimelineView,
  logs: LogsView,
  deployments: DeploymentsView,
  queue: QueueView,
  'event-sources': EventSourcesView,
  results: ResultsView,
  invocations: InvocationView,
};

/** Views of a single item, for tabs that have one. */
const viewsOfOne: typeof views = { functions: FunctionView, results: ResultView };

const connections = { connecting: 'Connecting…', live: 'Live', lost: 'Connection lost, trying again…' };

/** The header with its tabs, and the current view. Each part reads the store itself. */
export function Page() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const shown = `${route.view}/${route.subject ?? ''}`;
  const before = useRef(shown);
  useEffect(() => {
    // Moving the focus makes screen readers announce the new view. The first view needs no announcement.
    if (before.current !== shown) main.current?.focus({ preventScroll: true });
    before.current = shown;
    document.title = `${route.subject ?? tabs.find(([view]) => view === route.view)?.[1] ?? ''} · lambdock`;
  }, [shown]);
  const ofOne = route.subject === undefined ? undefined : viewsOfOne[route.view];
  const View = ofOne ?? views[route.view] ?? FunctionsView;
  return h(
    'div',
    { class: 'shell' },
    h('a', { class: 'skip', href: '#main', onClick: skip(main) }, 'Skip to content'),
    h(Bar, { current: route.view === 'invocations' ? 'timeline' : route.view }),
    h('main', { id: 'main', ref: main, tabIndex: -1 }, h(Notices, null), h(View, { route, key: shown })),
  );
}

function Bar({ current }: { readonly current: string }) {
  const { connection, queue } = useStore().state;
  const tab = ([view, title]: (typeof tabs)[number]) =>
    h(
      'a',
      { href: addressOf(view), 'aria-current': view === current ? 'page' : undefined, key: view },
      title,
      view === 'queue' && queue.length > 0 ? h('span', { class: 'badge' }, String(queue.length)) : null,
    );
  return h(
    'header',
    { class: 'bar' },
    h('a', { class: 'brand', href: addressOf('functions') }, 'lambdock'),
    h('nav', { 'aria-label': 'Views' }, tabs.map(tab)),
    h('span', { class: `connection ${connection}`, role: 'status' }, connections[connection]),
  );
}

function Notices() {
  const { notices, problem } = useStore().state;
  return h(
    'div',
    null,
    problem === undefined ? null : h('p', { class: 'notice', role: 'alert' }, problem),
    notices.map(({ text }) => h('p', { class: 'notice', key: text }, text)),
  );
}

function skip(main: { readonly current: HTMLElement | null }) {
  return (event: Event) => {
    event.preventDefault();
    main.current?.focus();
  };
}
