import type { ControlResult, Timeline } from '../../../src/operator-api/contract';
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
  const coldDelay = { uniform: { min: 200, max: 210 } };
  app = await RunningApp.start({
    functions: {
      forced: acts,
      warmed: acts,
      idle: acts,
      queued: acts,
      delayed: { ...acts, starts: { coldDelay, spares: 1 } },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

async function post(path: string): Promise<ControlResult> {
  const response = await fetch(`${app.address}/_lambdock/${path}`, { method: 'POST' });
  expect(response.status).toBe(200);
  return (await response.json()) as ControlResult;
}

async function timeline(name: string): Promise<Timeline> {
  return (await (await fetch(`${app.address}/_lambdock/timeline?function=${name}`)).json()) as Timeline;
}

const count = (name: string) => app.invoke(name, { act: 'count' }, { tail: true });

test('a request with X-Lambdock-Cold: 1 gets a new environment, and others do not', async () => {
  await count('forced');
  const url = `${app.address}/2015-03-31/functions/forced/invocations`;
  const body = '{"act":"count"}';
  const cold = await fetch(url, { method: 'POST', headers: { 'X-Lambdock-Cold': '1' }, body });
  expect(await cold.json()).toBe(1);
  await post('functions/forced/cold?count=1');
  expect((await count('forced')).payload).toBe(1);
  expect((await count('forced')).payload).toBe(2);
  const { environments } = await timeline('forced');
  expect(environments.map(({ cause }) => cause)).toEqual(['first-call', 'forced', 'forced']);
});

test('an asynchronous invocation with X-Lambdock-Cold: 1 gets a new environment', async () => {
  await count('queued');
  const url = `${app.address}/2015-03-31/functions/queued/invocations`;
  const headers = { 'X-Lambdock-Cold': '1', 'X-Amz-Invocation-Type': 'Event' };
  const accepted = await fetch(url, { method: 'POST', headers, body: '{"act":"count"}' });
  expect(accepted.status).toBe(202);
  await app.prints(new RegExp(`REPORT RequestId: ${accepted.headers.get('x-amzn-requestid')}`));
  const { environments } = await timeline('queued');
  expect(environments.map(({ cause }) => cause)).toEqual(['first-call', 'forced']);
});

test('warms environments that answer without an init, and scales them in', async () => {
  expect(await post('functions/warmed/warm?environments=3')).toEqual({
    environments: 3,
    started: 3,
    ended: 0,
  });
  await count('warmed');
  const { environments, invocations } = await timeline('warmed');
  expect(environments.map(({ cause, initDurationMs }) => [cause, initDurationMs !== undefined])).toEqual(
    Array.from({ length: 3 }, () => ['warmed', true]),
  );
  expect(invocations.map(({ isCold }) => isCold)).toEqual([false]);
  expect(await post('functions/warmed/scale?environments=1')).toMatchObject({ environments: 1, ended: 2 });
});

test('ten idle minutes pass at once, and the next start is cold because of them', async () => {
  await count('idle');
  await post('idle-clock?ms=599000');
  expect((await count('idle')).payload).toBe(2);
  await post('idle-clock?ms=600000');
  expect((await count('idle')).payload).toBe(1);
  const { environments } = await timeline('idle');
  expect(environments.map(({ cause }) => cause)).toEqual(['first-call', 'idle-expiry']);
});

test('a declared delay is a phase of its own, marked in the timeline and named in the log', async () => {
  app.foresee(/declared, not measured/);
  await count('delayed');
  const { environments, invocations } = await timeline('delayed');
  const delay = invocations[0]?.phases.find(({ name }) => name === 'cold-delay');
  expect(delay?.isDeclared).toBe(true);
  expect(delay?.durationMs).toBeGreaterThanOrEqual(200);
  expect(environments[0]?.declaredDelay?.source).toBe('coldDelay in lambdock.yaml');
  expect(environments[0]?.sandbox?.origin).toBe('own-spare');
  const logs = await (await fetch(`${app.address}/_lambdock/logs?function=delayed&filter=declared`)).text();
  expect(logs).toMatch(/delayed: cold start delayed by 2\d\d ms\. This is declared, not measured/);
});

test('a control of an unknown function, and a count that is none, are refused', async () => {
  const unknown = await fetch(`${app.address}/_lambdock/functions/nowhere/expire`, { method: 'POST' });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({ message: 'Function nowhere not found.' });
  const many = await fetch(`${app.address}/_lambdock/functions/idle/warm?environments=many`, {
    method: 'POST',
  });
  expect(many.status).toBe(400);
  expect(await many.json()).toEqual({
    message: 'environments must be a whole number between 0 and 1000, got many.',
  });
});
