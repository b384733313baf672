import { h } from 'preact';
import { useState } from 'preact/hooks';
import type { FunctionRow } from '../../../operator-api/contract';
import { type InvokeAnswer, invoke } from '../api';
import { duration, pretty } from '../format';
import { useKept } from '../hooks';
import { visible } from '../log-buffer';
import { addressOf } from '../routing';
import { samples } from '../samples';

interface Saved {
  readonly name: string;
  readonly event: string;
}

/** Number of recent events that are kept per function. */
const lastMost = 10;

/** The event editor and the result of the last invocation. */
export function InvokePanel({ row }: { readonly row: FunctionRow }) {
  const [event, setEvent] = useKept(`event:${row.name}`, '{}');
  const [saved, setSaved] = useKept<readonly Saved[]>(`saved:${row.name}`, []);
  const [last, setLast] = useKept<readonly string[]>(`last:${row.name}`, []);
  const [qualifier, setQualifier] = useState('');
  const [isAsynchronous, setAsynchronous] = useState(false);
  const [isRunning, setRunning] = useState(false);
  const [answer, setAnswer] = useState<InvokeAnswer>();
  const [refusal, setRefusal] = useState<string>();
  const invalid = problemOf(event);

  const run = async (isProfiled = false) => {
    if (isRunning || invalid !== undefined) return;
    setRunning(true);
    setRefusal(undefined);
    setLast([event, ...last.filter((each) => each !== event)].slice(0, lastMost));
    try {
      const asked = {
        functionName: row.name,
        event,
        isAsynchronous: isAsynchronous && !isProfiled,
        isProfiled,
      };
      const given = await invoke(qualifier === '' ? asked : { ...asked, qualifier });
      setAnswer(given);
      if (isProfiled) location.hash = addressOf('invocations', given.requestId);
    } catch (error) {
      setAnswer(undefined);
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setRunning(false);
    }
  };
  const keep = () => {
    const name = prompt('Name of this event');
    if (name) setSaved([...saved.filter((each) => each.name !== name), { name, event }]);
  };
  const chosen = saved.find((each) => each.event === event);

  return h(
    'section',
    { class: 'invoke', 'aria-labelledby': 'invoke' },
    h('h2', { id: 'invoke' }, 'Invoke'),
    h(
      'form',
      {
        onSubmit: (submitted: Event) => {
          submitted.preventDefault();
          void run();
        },
        onKeyDown: (key: KeyboardEvent) => {
          if (key.key === 'Enter' && (key.ctrlKey || key.metaKey)) void run();
        },
      },
      h(
        'div',
        { class: 'controls' },
        h(Events, { saved, last, onChoose: setEvent }),
        h('button', { type: 'button', onClick: keep }, 'Save event…'),
        chosen === undefined
          ? null
          : h(
              'button',
              { type: 'button', onClick: () => setSaved(saved.filter((each) => each !== chosen)) },
              `Delete “${chosen.name}”`,
            ),
        h('button', { type: 'button', onClick: () => setEvent(pretty(event)) }, 'Format'),
      ),
      h('label', { for: 'event' }, 'Event (JSON)'),
      h('textarea', {
        id: 'event',
        rows: 10,
        spellcheck: false,
        value: event,
        'aria-invalid': invalid === undefined ? undefined : 'true',
        'aria-describedby': 'event-problem',
        onInput: ({ currentTarget }: { readonly currentTarget: HTMLTextAreaElement }) =>
          setEvent(currentTarget.value),
      }),
      h('p', { id: 'event-problem', class: 'failed' }, invalid ?? ''),
      h(
        'div',
        { class: 'controls' },
        h(Qualifier, { row, qualifier, onChoose: setQualifier }),
        h(
          'label',
          null,
          h('input', {
            type: 'checkbox',
            checked: isAsynchronous,
            onChange: () => setAsynchronous(!isAsynchronous),
          }),
          ' Asynchronous',
        ),
        h(
          'button',
          { type: 'submit', class: 'primary', disabled: isRunning || invalid !== undefined },
          isRunning ? 'Running…' : 'Invoke',
        ),
        h('span', { class: 'minor' }, 'Ctrl+Enter'),
        h(
          'button',
          {
            type: 'button',
            disabled: isRunning || invalid !== undefined,
            title: 'Makes a cold start and shows what it imports: Python, and Node.js 20 or later',
            onClick: () => void run(true),
          },
          'Profile a cold start',
        ),
      ),
    ),
    h(
      'div',
      { class: 'answer', 'aria-live': 'polite' },
      refusal === undefined ? null : h('p', { class: 'notice' }, refusal),
      answer === undefined ? null : h(Answer, { answer }),
    ),
  );
}

function Events(props: {
  readonly saved: readonly Saved[];
  readonly last: readonly string[];
  readonly onChoose: (event: string) => void;
}) {
  const { saved, last, onChoose } = props;
  const group = (label: string, options: readonly (readonly [string, string])[]) =>
    options.length === 0
      ? null
      : h(
          'optgroup',
          { label },
          options.map(([name, value], at) => h('option', { value, key: at }, name)),
        );
  return h(
    'label',
    null,
    'Load ',
    h(
      'select',
      {
        value: '',
        onChange: ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) => {
          onChoose(currentTarget.value);
          currentTarget.value = '';
        },
      },
      h('option', { value: '', disabled: true }, 'an event…'),
      group(
        'Saved events',
        saved.map(({ name, event }) => [name, event]),
      ),
      group(
        'Last events',
        last.map((event) => [oneLine(event), event]),
      ),
      group('Samples', [...samples]),
    ),
  );
}

function Qualifier(props: {
  readonly row: FunctionRow;
  readonly qualifier: string;
  readonly onChoose: (qualifier: string) => void;
}) {
  const { row, qualifier, onChoose } = props;
  const aliases = (row.aliases ?? []).map(({ name }) => name);
  if (aliases.length === 0 && row.versions === undefined) return null;
  return h(
    'label',
    null,
    'Version or alias ',
    h('input', {
      list: 'qualifiers',
      size: 10,
      placeholder: '$LATEST',
      value: qualifier,
      onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
        onChoose(currentTarget.value.trim()),
    }),
    h(
      'datalist',
      { id: 'qualifiers' },
      aliases.map((name) => h('option', { value: name, key: name })),
    ),
  );
}

function Answer({ answer }: { readonly answer: InvokeAnswer }) {
  const { status, functionError, requestId, payload, log, tookMs } = answer;
  return h(
    'div',
    null,
    h(
      'p',
      null,
      h(
        'strong',
        { class: functionError === undefined ? 'ready' : 'failed' },
        functionError === undefined ? `Status ${status}` : `Error (${functionError})`,
      ),
      ` in ${duration(tookMs)} · `,
      h('a', { href: addressOf('invocations', requestId) }, 'Waterfall'),
      ' · ',
      h('a', { href: addressOf('logs', undefined, { request: requestId }) }, 'Logs'),
    ),
    functionError === undefined ? null : h(FunctionFailure, { payload }),
    h('h3', null, functionError === undefined ? 'Response' : 'Error response'),
    h('pre', { tabIndex: 0, 'aria-label': 'Response' }, payload === '' ? '(empty)' : pretty(payload)),
    log === ''
      ? null
      : [
          h('h3', { key: 'title' }, 'Log tail (last 4 KB)'),
          h('pre', { key: 'log', tabIndex: 0, 'aria-label': 'Log tail' }, visible(log)),
        ],
  );
}

/** The members of an error: `stackTrace` in Python, `trace` in Node.js. */
function FunctionFailure({ payload }: { readonly payload: string }) {
  const error = objectOf(payload);
  const stack = [error?.stackTrace, error?.trace].find(Array.isArray) as unknown[] | undefined;
  if (typeof error?.errorMessage !== 'string') return null;
  return h(
    'div',
    { class: 'failure' },
    h('p', null, h('strong', null, String(error.errorType ?? 'Error')), `: ${error.errorMessage}`),
    stack === undefined || stack.length === 0
      ? null
      : h('pre', { tabIndex: 0, 'aria-label': 'Stack trace' }, stack.map(String).join('\n')),
  );
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with an event; undefined if it is valid JSON. */
function problemOf(event: string): string | undefined {
  try {
    JSON.parse(event);
    return undefined;
  } catch (error) {
    return `The event is not valid JSON: ${error instanceof Error ? error.message : error}`;
  }
}

function oneLine(event: string): string {
  const text = event.replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
