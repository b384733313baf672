import { h } from 'preact';
import { useState } from 'preact/hooks';
import type { ControlResult } from '../../../operator-api/contract';
import { post } from '../api';

const plural = (count: number, what = 'environment') => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The buttons: what they do, and the message afterwards. */
const actions = [
  ['cold', 'Next call cold', () => 'The next call starts a new environment.'],
  ['expire', 'Expire idle', ({ environments }) => `${plural(environments)} expired.`],
  ['retire', 'Retire all', ({ environments }) => `${plural(environments)} retired. The next call is cold.`],
  ['thaw', 'Thaw', ({ environments }) => `${plural(environments)} thawed, until the next call.`],
  ['freeze', 'Freeze', ({ environments }) => `${plural(environments)} frozen.`],
] as const satisfies readonly (readonly [string, string, (result: ControlResult) => string])[];

/** Buttons that cause cold and warm starts of a function. */
export function Controls({ functionName }: { readonly functionName: string }) {
  const [message, setMessage] = useState('');
  const [wanted, setWanted] = useState(1);
  const act = async (path: string, sentence: (result: ControlResult) => string) => {
    try {
      const result = await post<ControlResult>(
        `/_lambdock/functions/${encodeURIComponent(functionName)}/${path}`,
      );
      setMessage(sentence(result));
    } catch (error) {
      setMessage(error instanceof Error ? error.message : String(error));
    }
  };
  const scale = () =>
    act(
      `scale?environments=${wanted}`,
      ({ started = 0, ended = 0, environments }) =>
        `${plural(environments)}: ${started} started, ${ended} ended.`,
    );
  return h(
    'section',
    { 'aria-labelledby': 'controls' },
    h('h2', { id: 'controls' }, 'Environments'),
    h(
      'div',
      { class: 'controls' },
      actions.map(([path, title, sentence]) =>
        h('button', { type: 'button', key: path, onClick: () => void act(path, sentence) }, title),
      ),
      h(
        'label',
        null,
        'Environments wanted ',
        h('input', {
          type: 'number',
          min: 0,
          max: 1_000,
          value: wanted,
          onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
            setWanted(Math.max(0, Math.round(currentTarget.valueAsNumber || 0))),
        }),
      ),
      h('button', { type: 'button', onClick: () => void scale() }, 'Scale'),
    ),
    h('p', { role: 'status', class: 'minor' }, message),
  );
}
