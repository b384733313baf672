import type { InvocationDetails, LiveEvents, Stats, Timeline } from '../../../src/operator-api/contract';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

let app: RunningApp;

beforeAll(async () => {
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 30,
  };
  app = await RunningApp.start({ functions: { acts, failing: acts } });
});

afterAll(() => app?.[Symbol.asyncDispose]());

const get = async <T>(path: string): Promise<T> => {
  const response = await fetch(`${app.address}/_lambdock/${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};

/** Reads the event stream until an event of this name has what is asked for. */
async function eventually<N extends keyof LiveEvents>(
  query: string,
  name: N,
  isIt: (data: LiveEvents[N]) => boolean,
  during: () => Promise<unknown>,
): Promise<LiveEvents[N]> {
  const stop = new AbortController();
  const response = await fetch(`${app.address}/_lambdock/events${query}`, { signal: stop.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const work = during();
  let text = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (const [, event, data = ''] of text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm))
        if (event === name && isIt(JSON.parse(data))) return JSON.parse(data);
    }
  } finally {
    await work;
    stop.abort();
  }
  throw new Error(`The stream ended without ${name}.`);
}

test('a cold start has the times of its sandbox and of its init, a warm one neither', async () => {
  await app.invoke('acts', { act: 'count' }, { tail: true });
  await app.invoke('acts', { act: 'count' }, { tail: true });
  const { environments, invocations } = await get<Timeline>('timeline?function=acts');
  expect(environments).toHaveLength(1);
  const [lane] = environments;
  expect(lane).toMatchObject({ cause: 'first-call', invocations: 2, memorySize: 128 });
  expect(lane?.sandbox?.createMs).toBeGreaterThan(0);
  expect(lane?.sandbox?.startMs).toBeGreaterThan(0);
  expect(lane?.initDurationMs).toBeGreaterThan(0);
  const [cold, warm] = invocations;
  expect(cold).toMatchObject({ isCold: true, status: 'success', environmentId: lane?.id });
  expect(cold?.phases.filter(({ within }) => within === undefined).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['sandbox', 'runtime-init', 'handler']),
  );
  expect(cold?.billedMs).toBeGreaterThanOrEqual(Math.ceil(cold?.initDurationMs ?? Number.POSITIVE_INFINITY));
  expect(warm).toMatchObject({ isCold: false });
  expect(warm?.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['handler']));
  expect(warm?.phases.map(({ name }) => name)).not.toContain('runtime-init');
});

test('an invocation is found by the beginning of its id; an unknown one is not', async () => {
  const { requestId } = await app.invoke('acts', { act: 'count' }, { tail: true });
  const { invocation, environment } = await get<InvocationDetails>(`invocations/${requestId.slice(0, 13)}`);
  expect(invocation.requestId).toBe(requestId);
  expect(environment?.functionName).toBe('acts');
  const missing = await fetch(`${app.address}/_lambdock/invocations/nowhere`);
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({ message: expect.stringMatching(/^Invocation nowhere not found\./) });
});

test('counts errors, and starts the runtime again inside the next invocation after a crash', async () => {
  await app.invoke('failing', { act: 'leave', code: 3 }, { tail: true });
  await app.invoke('failing', { act: 'count' }, { tail: true });
  const { functions } = await get<Stats>('stats?function=failing');
  expect(functions).toMatchObject([{ functionName: 'failing', invocations: 2, errors: 1, coldStarts: 1 }]);
  const { invocations, environments } = await get<Timeline>('timeline?function=failing');
  expect(invocations).toMatchObject([
    { status: 'error', errorType: 'Runtime.ExitError', isCold: true },
    { status: 'success', isCold: false },
  ]);
  expect(invocations[1]?.phases.map(({ name }) => name)).toContain('runtime-init');
  expect(environments[0]?.states.map(({ state }) => state)).toEqual([
    'made',
    'init',
    'live',
    'reset',
    'live',
    'init',
    'live',
  ]);
});

test('the stream sends invocations as they end, and the log lines of the one function that was asked for', async () => {
  const invocations = await eventually(
    '?function=acts',
    'invocations',
    (rows) => rows.some(({ status }) => status === 'success'),
    () => app.invoke('acts', { act: 'count' }),
  );
  expect(invocations.every(({ functionName }) => functionName === 'acts')).toBe(true);
  const logs = await eventually(
    '?function=acts',
    'logs',
    (rows) => rows.some(({ text }) => text.startsWith('REPORT')),
    () => app.invoke('acts', { act: 'count' }),
  );
  expect(logs.every(({ functionName }) => functionName === 'acts')).toBe(true);
});
