import { figuresOf, latencies, resultIn, type ScenarioRun } from '../../../src/laboratory/page/results';

const request = (latencyMs: number, more: Partial<ScenarioRun['requests'][number]> = {}) => ({
  functionName: 'hello',
  atMs: 0,
  status: 'success',
  latencyMs,
  isCold: false,
  ...more,
});

const run = resultIn({
  scenario: 'night',
  requests: [
    request(300, { isCold: true }),
    request(10),
    request(20),
    request(40, { status: 'error' }),
    request(1, { status: 'throttled' }),
    request(7, { functionName: 'other' }),
  ],
  environmentsMost: { hello: 2 },
  assertions: [],
}) as ScenarioRun;

test('figures are of one function, without requests that were throttled', () => {
  expect(figuresOf(run, 'hello')).toEqual({
    requests: 5,
    coldShare: 0.25,
    failed: 1,
    throttled: 1,
    p50: 20,
    p95: 300,
    max: 300,
    environmentsMost: 2,
  });
  expect(figuresOf(run, 'absent')).toMatchObject({ requests: 0, coldShare: undefined, p50: undefined });
  expect(latencies(run)).toEqual([7, 10, 20, 40, 300]);
});

test('what is neither a run nor a tuning is not read', () => {
  expect(resultIn({ functionName: 'hello', sizes: [] })).toMatchObject({ kind: 'tuning' });
  for (const other of [undefined, null, 1, [], {}, { scenario: 'x' }, { functionName: 'x' }])
    expect(resultIn(other)).toBeUndefined();
});
