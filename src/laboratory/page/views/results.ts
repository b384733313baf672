import { h } from 'preact';
import { useState } from 'preact/hooks';
import { timeOfDay } from '../format';
import { useStore } from '../hooks';
import { type OpenedResult, resultIn } from '../results';
import { addressOf } from '../routing';
import { TableHead } from './table-head';

/** Scenario runs and tunings: posted by commands, or opened from files. */
export function ResultsView() {
  const store = useStore();
  const { results, opened } = store.state;
  const [problem, setProblem] = useState('');
  const open = async (files: readonly File[]) => {
    const added = new Map<string, OpenedResult>(opened);
    const wrong: string[] = [];
    for (const file of files) {
      const result = resultIn(await parsed(file));
      if (result === undefined) wrong.push(file.name);
      else added.set(`file-${added.size + 1}`, { fileName: file.name, result });
    }
    store.update({ opened: added });
    setProblem(
      wrong.length === 0
        ? ''
        : `${wrong.join(', ')} is not the JSON of a scenario run (scenario run --json) or of a tuning (tune --json).`,
    );
  };
  return h(
    'div',
    null,
    h('h1', null, 'Results'),
    h(
      'p',
      null,
      'Runs of ',
      h('code', null, 'npx lambdock scenario run'),
      ' and ',
      h('code', null, 'npx lambdock tune'),
      ' appear here while lambdock runs. Files of earlier ones can be opened.',
    ),
    h(
      'p',
      null,
      h(
        'label',
        null,
        'Open files ',
        h('input', {
          type: 'file',
          accept: '.json,application/json',
          multiple: true,
          onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
            void open([...(currentTarget.files ?? [])]),
        }),
      ),
    ),
    h('p', { role: 'status', class: 'failed' }, problem),
    results.length === 0 && opened.size === 0
      ? h('p', null, 'No results yet.')
      : h(
          'table',
          null,
          h(TableHead, { columns: ['Result', 'Kind', 'From'] }),
          h(
            'tbody',
            null,
            [...opened].map(([id, { fileName, result }]) => row(id, nameOf(result), result.kind, fileName)),
            results.map(({ id, name, kind, at }) => row(id, name, kind, timeOfDay(at))),
          ),
        ),
  );
}

const nameOf = (result: OpenedResult['result']) =>
  result.kind === 'scenario' ? result.scenario : result.functionName;

function row(id: string, name: string, kind: string, from: string) {
  return h(
    'tr',
    { key: id },
    h('td', null, h('a', { href: addressOf('results', id) }, name)),
    h('td', null, kind === 'scenario' ? 'scenario run' : 'tuning'),
    h('td', null, from),
  );
}

async function parsed(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    return undefined;
  }
}
