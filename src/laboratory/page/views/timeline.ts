import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { InvocationTrace } from '../../../operator-api/contract';
import { chromeTrace } from '../exports/chrome-trace';
import { invocationsCsv } from '../exports/csv';
import { save } from '../exports/save';
import { useStore } from '../hooks';
import { addressOf, type Route } from '../routing';
import { TimelineCanvas } from '../timeline/canvas';
import { EnvironmentDetails } from './environment-details';
import { InvocationTable } from './invocation-table';

/** Number of invocations in the window that are listed below it. */
const listedMost = 50;

const legend = [
  ['sandbox', 'sandbox'],
  ['init', 'init'],
  ['run', 'invocation'],
  ['error', 'failed'],
  ['after', 'extensions at work'],
  ['idle', 'frozen or idle'],
  ['reset', 'reset or ending'],
] as const;

/** One lane per environment over time. */
export function TimelineView({ route }: { readonly route: Route }) {
  const store = useStore(1_000);
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<TimelineCanvas | undefined>(undefined);
  const [, redraw] = useState(0);
  const { function: functionName = '', at } = route.query;
  useEffect(() => {
    if (!element.current) return;
    const canvas = new TimelineCanvas(element.current, store, {
      onChange: () => redraw((times) => times + 1),
      onOpen: (requestId) => {
        location.hash = addressOf('invocations', requestId);
      },
    });
    drawn.current = canvas;
    return () => canvas.close();
  }, [store]);
  useEffect(() => drawn.current?.filter(functionName), [functionName]);
  useEffect(() => {
    if (at !== undefined) drawn.current?.showTime(Number(at));
  }, [at]);
  const canvas = drawn.current;
  const shown = canvas?.invocationsShown() ?? [];
  const lanes = canvas?.lanes ?? [];
  const saveTrace = () =>
    save(
      'lambdock-trace.json',
      'application/json',
      chromeTrace(
        lanes.map(({ environment }) => environment),
        lanes.flatMap(({ invocations }) => invocations),
      ),
    );
  const button = (label: string, act: () => void, more = {}) =>
    h('button', { type: 'button', onClick: act, ...more }, label);
  return h(
    'div',
    { class: 'timeline-view' },
    h(
      'div',
      { class: 'title' },
      h('h1', null, 'Timeline'),
      h(
        'label',
        null,
        'Function ',
        h(
          'select',
          {
            value: functionName,
            onChange: ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) => {
              location.hash = addressOf('timeline', undefined, { function: currentTarget.value });
            },
          },
          h('option', { value: '' }, 'all'),
          store.state.functions.map(({ name }) => h('option', { value: name, key: name }, name)),
        ),
      ),
      button('−', () => canvas?.zoom(2), { 'aria-label': 'Zoom out' }),
      button('+', () => canvas?.zoom(0.5), { 'aria-label': 'Zoom in' }),
      button('Fit', () => canvas?.fit()),
      button('Now', () => canvas?.follow(), { 'aria-pressed': String(canvas?.isFollowing ?? true) }),
      button('Save trace', saveTrace, { title: 'Chrome trace: opens in Perfetto' }),
      button('Save CSV', () => save('lambdock-invocations.csv', 'text/csv', invocationsCsv(all(lanes)))),
    ),
    h(
      'ul',
      { class: 'legend', 'aria-label': 'Legend' },
      legend.map(([color, title]) => h('li', { key: color }, h('span', { class: `swatch ${color}` }), title)),
      h('li', { key: 'flag' }, '⚑ environment started, with its cause'),
    ),
    h('div', { ref: element, class: 'timeline' }),
    h(
      'p',
      { class: 'minor', id: 'timeline-keys' },
      'Keys: ← → move in time, ↑ ↓ choose an environment, N and P choose its next or previous invocation, ' +
        'Enter opens the waterfall, + − zoom, Home shows all, End follows. Ctrl with the wheel zooms; drag to move.',
    ),
    h(
      'div',
      { 'aria-live': 'polite' },
      canvas?.selected === undefined
        ? null
        : h(EnvironmentDetails, {
            environment: canvas.selected.environment,
            invocation: canvas.selectedInvocation,
          }),
    ),
    h(InvocationTable, {
      invocations: shown.slice(-listedMost).reverse(),
      title:
        shown.length > listedMost
          ? `Invocations in this window: the last ${listedMost} of ${shown.length}`
          : 'Invocations in this window',
    }),
  );
}

function all(lanes: readonly { readonly invocations: readonly InvocationTrace[] }[]): InvocationTrace[] {
  return lanes.flatMap(({ invocations }) => invocations).sort((a, b) => a.arrivedAt - b.arrivedAt);
}
