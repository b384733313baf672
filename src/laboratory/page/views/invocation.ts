import { scaleLinear } from 'd3-scale';
import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ImportProfile, InvocationDetails, InvocationTrace } from '../../../operator-api/contract';
import { getJson } from '../api';
import { savePng } from '../exports/png';
import { save } from '../exports/save';
import { waterfallSvg } from '../exports/svg';
import { flameOf } from '../flame';
import { duration, short, timeOfDay } from '../format';
import { useStore } from '../hooks';
import { visible } from '../log-buffer';
import { addressOf, type Route } from '../routing';
import { causeNames } from '../timeline/cause-names';
import { importRows, phaseTitles, type Waterfall, waterfallOf } from '../waterfall';
import { EnvironmentDetails } from './environment-details';
import { Status } from './invocation-table';
import { TableHead } from './table-head';

const linesMost = 200;

const ticksOf = (longestMs: number) => scaleLinear([0, longestMs], [0, 1]).ticks(6);

/** One invocation: its phases, its log, and its environment. */
export function InvocationView({ route }: { readonly route: Route }) {
  const store = useStore();
  const id = route.subject ?? '';
  const [details, setDetails] = useState<InvocationDetails>();
  const [problem, setProblem] = useState<string>();
  const live = store.recording.invocation(id);
  // Reads the invocation again after each change. The freeze is the last one.
  const version = live === undefined ? '' : `${live.status} ${live.phases.length} ${live.frozenAt}`;
  useEffect(() => {
    let isOld = false;
    getJson<InvocationDetails>(`/_lambdock/invocations/${encodeURIComponent(id)}`)
      .then((found) => {
        if (!isOld) setDetails(found);
      })
      .catch((error: unknown) => {
        if (!isOld) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      isOld = true;
    };
  }, [id, version]);
  if (details === undefined) {
    return h('div', null, h('h1', null, 'Invocation'), h('p', { role: 'status' }, problem ?? 'Loading…'));
  }
  const { invocation, environment, profile } = details;
  const { requestId, functionName } = invocation;
  const waterfall = waterfallOf(details, ticksOf);
  const lines = store.logs.select({ requestId }, linesMost);
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'title' },
      h('h1', null, `Invocation ${short(requestId)}`),
      h('a', { class: 'button', href: addressOf('functions', functionName) }, functionName),
      h(
        'a',
        {
          class: 'button',
          href: addressOf('timeline', undefined, { at: String(Math.round(invocation.arrivedAt)) }),
        },
        'In the timeline',
      ),
      h(
        'button',
        {
          type: 'button',
          onClick: () => save(`${requestId}.svg`, 'image/svg+xml', waterfallSvg(waterfall)),
        },
        'Save as SVG',
      ),
      h(
        'button',
        {
          type: 'button',
          onClick: () => void savePng(`${requestId}.png`, waterfallSvg(waterfall), waterfall),
        },
        'Save as PNG',
      ),
    ),
    h(Details, { invocation }),
    h('h2', null, 'Waterfall'),
    h(Drawing, { waterfall, name: 'Waterfall, drawn' }),
    h(PhaseTable, { invocation, ...(profile && { profile }) }),
    profile === undefined
      ? null
      : [
          h('h2', { key: 'flame' }, 'Imports'),
          h(
            'p',
            { class: 'minor', key: 'note' },
            'A part below another happened within it. The profile itself takes time.',
          ),
          h(Drawing, { waterfall: flameOf(profile.frames), name: 'Imports, drawn', key: 'drawing' }),
        ],
    environment === undefined
      ? null
      : [h('h2', { key: 'title' }, 'Environment'), h(EnvironmentDetails, { environment, key: 'details' })],
    h('h2', null, 'Log'),
    lines.length === 0
      ? h('p', { class: 'minor' }, 'No lines are held.')
      : h(
          'pre',
          { tabIndex: 0, 'aria-label': 'Log of this invocation' },
          lines.map(({ text }) => `${visible(text)}\n`).join(''),
        ),
    lines.length === 0
      ? null
      : h('p', null, h('a', { href: addressOf('logs', undefined, { request: requestId }) }, 'Show in Logs')),
  );
}

function Details({ invocation }: { readonly invocation: InvocationTrace }) {
  const { requestId, version, arrivedAt, endedAt, status, errorType, isCold, cause } = invocation;
  const details: readonly (readonly [string, Parameters<typeof h>[2]])[] = [
    ['Request', h('code', null, requestId)],
    ['Version', version],
    ['Arrived', timeOfDay(arrivedAt)],
    ['Status', h('span', null, h(Status, { status }), errorType === undefined ? '' : ` ${errorType}`)],
    ['Start', isCold ? `cold: ${cause === undefined ? '' : causeNames[cause]}` : 'warm'],
    ['Latency', duration(endedAt === undefined ? undefined : endedAt - arrivedAt)],
    ['Duration', duration(invocation.durationMs)],
    ['Billed', duration(invocation.billedMs)],
    ['Init', duration(invocation.initDurationMs)],
    [
      'Memory',
      `${invocation.memoryUsedMiB === undefined ? '–' : Math.round(invocation.memoryUsedMiB)} of ${invocation.memorySize} MB`,
    ],
  ];
  return h(
    'dl',
    { class: 'details' },
    details.map(([title, value]) => h('div', { key: title }, h('dt', null, title), h('dd', null, value))),
  );
}

function Drawing({ waterfall, name }: { readonly waterfall: Waterfall; readonly name: string }) {
  const { width, height, title, shapes } = waterfall;
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': name },
    h(
      'svg',
      {
        class: 'waterfall',
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
        'aria-label': title,
      },
      shapes.map(({ tag, attributes, text, tip }, at) =>
        h(tag, { ...attributes, key: at }, tip === undefined ? text : h('title', null, tip)),
      ),
    ),
  );
}

/** The drawing's content as text, for screen readers and for copying. */
function PhaseTable(props: { readonly invocation: InvocationTrace; readonly profile?: ImportProfile }) {
  const { phases, arrivedAt } = props.invocation;
  const rows = phases.flatMap((phase) => [
    { ...phase, title: phaseTitles[phase.name] },
    ...(phase.name === 'runtime-init' && props.profile ? importRows(phase, props.profile) : []),
  ]);
  return h(
    'details',
    null,
    h('summary', null, 'Phases as a table'),
    h(
      'table',
      null,
      h(TableHead, { columns: ['Phase', 'Begins after', 'Takes'] }),
      h(
        'tbody',
        null,
        rows.map(({ title, at, durationMs, within, isDeclared }, index) =>
          h(
            'tr',
            { key: index },
            h('td', { class: within === undefined ? '' : 'part' }, title),
            h('td', { class: 'number' }, duration(at - arrivedAt)),
            h('td', { class: 'number' }, `${duration(durationMs)}${isDeclared ? ', not measured' : ''}`),
          ),
        ),
      ),
    ),
  );
}
