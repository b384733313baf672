import Docker from 'dockerode';
import { RunningApp } from '../support/app/running-app';
import { functionsFolder } from '../support/functions/functions-folder';

jest.setTimeout(60_000);

const docker = new Docker();
let app: RunningApp;

beforeAll(async () => {
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 30,
  };
  app = await RunningApp.start({
    settings: { idleTimeout: 2 },
    functions: { many: acts, one: { ...acts, memorySize: 1_769 }, idle: acts, lost: acts },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('a request in flight has an environment to itself, and the most recently used goes first', async () => {
  const ended: unknown[] = [];
  const wait = async (seconds: number) => {
    // With its log, an answer comes when the environment is free again.
    ended.push((await app.invoke('many', { act: 'wait', seconds }, { tail: true })).payload);
  };
  await Promise.all([1, 1, 1, 1].map(wait));
  expect(new Set(ended).size).toBe(4);
  // Warm ones end in the order of their waits, which cold starts of different lengths would shuffle.
  await Promise.all([0.1, 0.4, 0.7, 1].map(wait));
  expect(new Set(ended).size).toBe(4);
  expect(await app.environments('many')).toHaveLength(4);
  for (const _ of new Set(ended)) {
    const next = (await app.invoke('many', { act: 'whoami' }, { tail: true })).payload as {
      readonly stream: string;
    };
    expect(next.stream).toBe(ended.at(-1));
  }
});

test('calls that follow one another have one environment, however fast', async () => {
  const counts: unknown[] = [];
  for (let call = 0; call < 200; call += 1) {
    counts.push((await app.invoke('one', { act: 'count' })).payload);
  }
  expect(counts.filter((count) => count === 1)).toHaveLength(1);
  expect(counts.at(-1)).toBe(200);
});

test('an unused environment ends, and the next call is cold', async () => {
  await app.invoke('idle', { act: 'count' });
  while ((await app.environments('idle')).length > 0) await new Promise(setImmediate);
  expect((await app.invoke('idle', { act: 'count' })).payload).toBe(1);
});

test('a sandbox that is lost between calls is not used again', async () => {
  await app.invoke('lost', { act: 'count' });
  const [environment] = await app.environments('lost');
  await docker.getContainer(environment?.engineId ?? '').remove({ force: true });
  expect((await app.invoke('lost', { act: 'count' })).payload).toBe(1);
});

test('a sandbox that is lost under a call is a failure of the service, at once', async () => {
  // It is taken away while the end of its init is still being seen to.
  app.foresee(/Environment lost-\w+ could not limit the CPU/);
  const waiting = app.invoke('lost', { act: 'hang' });
  await app.prints(/^lost \| hanging$/m);
  const [environment] = await app.environments('lost');
  await docker.getContainer(environment?.engineId ?? '').remove({ force: true });
  await expect(waiting).rejects.toMatchObject({
    name: 'ServiceException',
    $metadata: { httpStatusCode: 500 },
  });
  expect((await app.invoke('lost', { act: 'count' })).payload).toBe(1);
});
