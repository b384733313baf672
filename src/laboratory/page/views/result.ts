import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../api';
import { timeOfDay } from '../format';
import { useStore } from '../hooks';
import { type RunOrTuning, resultIn, type ScenarioRun } from '../results';
import { addressOf, type Route } from '../routing';
import { ScenarioResult } from './scenario-result';
import { TuningResult } from './tuning-result';

/** A scenario run, alone or compared with another one, or a tuning. */
export function ResultView({ route }: { readonly route: Route }) {
  const id = route.subject ?? '';
  const { against } = route.query;
  const shown = useResult(id);
  const other = useResult(against);
  if (shown.result === undefined)
    return h('div', null, h('h1', null, 'Result'), h('p', { role: 'status' }, shown.problem ?? 'Loading…'));
  if (shown.result.kind === 'tuning') return h(TuningResult, { tuning: shown.result });
  const before = other.result?.kind === 'scenario' ? other.result : undefined;
  return h(
    ScenarioResult,
    { run: shown.result, ...(before && { against: before }), key: `${id} ${before === undefined}` },
    h(Comparison, { id, against: against ?? '' }),
  );
}

/** Selects the run to compare with. */
function Comparison({ id, against }: { readonly id: string; readonly against: string }) {
  const { results, opened } = useStore().state;
  const choices = [
    ...[...opened]
      .filter(([, { result }]) => result.kind === 'scenario')
      .map(
        ([key, { fileName, result }]) => [key, `${(result as ScenarioRun).scenario}, ${fileName}`] as const,
      ),
    ...results
      .filter(({ kind }) => kind === 'scenario')
      .map(({ id: key, name, at }) => [key, `${name}, ${timeOfDay(at)}`] as const),
  ].filter(([key]) => key !== id);
  return h(
    'label',
    null,
    'Compare with ',
    h(
      'select',
      {
        value: against,
        onChange: ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) => {
          location.hash = addressOf('results', id, { against: currentTarget.value });
        },
      },
      h('option', { value: '' }, choices.length === 0 ? 'no other run' : 'none'),
      choices.map(([key, title]) => h('option', { value: key, key }, title)),
    ),
  );
}

/** A result by its id, from a file or from lambdock. */
function useResult(id: string | undefined): { readonly result?: RunOrTuning; readonly problem?: string } {
  const { opened } = useStore().state;
  const [read, setRead] = useState<{
    readonly id?: string;
    readonly result?: RunOrTuning;
    readonly problem?: string;
  }>({});
  const isFile = id?.startsWith('file-') ?? false;
  useEffect(() => {
    if (id === undefined || isFile) return undefined;
    let isOld = false;
    getJson<unknown>(`/_lambdock/results/${encodeURIComponent(id)}`)
      .then((value) => {
        const result = resultIn(value);
        if (!isOld)
          setRead(result ? { id, result } : { id, problem: 'This is no result that the page knows.' });
      })
      .catch((error: unknown) => {
        if (!isOld) setRead({ id, problem: error instanceof Error ? error.message : String(error) });
      });
    return () => {
      isOld = true;
    };
  }, [id, isFile]);
  if (!isFile) return read.id === id ? read : {};
  const found = opened.get(id ?? '');
  return found ?? { problem: 'This file is open no longer. Open it again under Results.' };
}
