import Docker from 'dockerode';
import { RunningApp } from '../support/app/running-app';
import { EngineProxy } from '../support/engine/engine-proxy';
import { functionsFolder } from '../support/functions/functions-folder';

jest.setTimeout(240_000);

const docker = new Docker();
const acts = {
  runtime: 'python3.13',
  handler: 'acts.handler',
  code: functionsFolder('python'),
  timeout: 20,
};

async function containersOf(instance: string): Promise<string[]> {
  const label = [`lambdock.instance=${instance}`];
  return (await docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id);
}

const failure = (message: RegExp) => ({
  name: 'ServiceException',
  message: expect.stringMatching(message),
});

test('an engine that never answers fails a cold call at its deadline, and holds up neither warm calls nor the end', async () => {
  await using engine = await EngineProxy.start();
  const app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { warm: acts, cold: acts },
  });
  app.foresee(/did not answer|closed the connection|took longer/);
  try {
    expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);
    engine.hang();
    const cold = app.invoke('cold', { act: 'count' });
    expect((await app.invoke('warm', { act: 'count' })).payload).toBe(2);
    await expect(cold).rejects.toMatchObject(
      failure(/engine at unix:\S+ did not answer the request to \S.+ within \d+ s\. Check/),
    );
    expect((await app.invoke('warm', { act: 'count' })).payload).toBe(3);
  } finally {
    const startMs = performance.now();
    await app[Symbol.asyncDispose]();
    // Compose kills after 30 s.
    expect(performance.now() - startMs).toBeLessThan(30_000);
  }
});

test('an engine that fails is quoted, and the next call tries again', async () => {
  await using engine = await EngineProxy.start();
  await using app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { warm: { ...acts, memorySize: 1_769 }, cold: acts },
  });
  app.foresee(/disk of the engine is full|closed the connection/);
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);
  engine.fail();
  await expect(app.invoke('cold', {})).rejects.toMatchObject(failure(/the disk of the engine is full/));
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(2);
  engine.recover();
  expect((await app.invoke('cold', { act: 'count' })).payload).toBe(1);
});

test('an engine that takes its time for each answer makes cold calls slow, and no more', async () => {
  await using engine = await EngineProxy.start();
  await using app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { warm: { ...acts, memorySize: 1_769 }, cold: acts },
  });
  app.foresee(/closed the connection|broke/);
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);
  engine.slow(700);
  const cold = app.invoke('cold', { act: 'count' });
  expect((await app.invoke('warm', { act: 'count' })).payload).toBe(2);
  expect((await cold).payload).toBe(1);
});

test('connections to the engine that break again and again leave no container, and it works behind them', async () => {
  await using engine = await EngineProxy.start();
  const app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { warm: { ...acts, memorySize: 1_769 }, cold: acts },
  });
  app.foresee(/connection|broke|socket|could not/);
  try {
    expect((await app.invoke('warm', { act: 'count' })).payload).toBe(1);
    for (let cut = 0; cut < 10; cut += 1) {
      const cold = app.invoke('cold', { act: 'count' }).then(
        ({ payload }) => expect(payload).toBe(1),
        (error) => expect(error).toMatchObject({ name: 'ServiceException' }),
      );
      // At another step of the way to a container each time.
      await new Promise((resolve) => setTimeout(resolve, cut * 40));
      engine.cut();
      await cold;
      await app.retire('cold');
    }
    expect((await app.invoke('cold', { act: 'count' })).payload).toBe(1);
    expect((await app.invoke('warm', { act: 'count' })).payload).toBe(2);
  } finally {
    await app[Symbol.asyncDispose]();
  }
  expect(await containersOf(app.instance)).toEqual([]);
});

test('an engine that is restarted ends its containers: the next calls have others', async () => {
  await using engine = await EngineProxy.start();
  await using app = await RunningApp.start({
    settings: { spares: 0 },
    flags: { dockerHost: engine.address },
    functions: { acts },
  });
  app.foresee(/engine|connection|broke|could not/);
  expect((await app.invoke('acts', { act: 'count' })).payload).toBe(1);
  const hanging = expect(app.invoke('acts', { act: 'hang' })).rejects.toMatchObject({
    name: 'ServiceException',
  });
  while ((await app.environments('acts'))[0]?.state !== 'invoking') await new Promise(setImmediate);
  await engine.goAway();
  for (const id of await containersOf(app.instance)) await docker.getContainer(id).kill();
  await engine.comeBack();
  await hanging;
  expect((await app.invoke('acts', { act: 'count' })).payload).toBe(1);
});

describe('a container that is interfered with', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ settings: { spares: 0 }, functions: { acts: { ...acts, timeout: 5 } } });
  }, 180_000);
  afterAll(() => app?.[Symbol.asyncDispose]());

  const container = async () => {
    const [environment] = await app.environments('acts');
    return docker.getContainer(environment?.engineId ?? '');
  };
  /** In an environment of its own, as no call was counted in it before. */
  const works = async () => expect((await app.invoke('acts', { act: 'count' })).payload).toBe(1);
  beforeEach(async () => {
    await app.retire('acts');
    while ((await app.environments('acts')).length > 0) await new Promise(setImmediate);
  });

  test.each<[string, (container: Docker.Container) => Promise<unknown>]>([
    ['killed', (each) => each.kill()],
    ['removed', (each) => each.remove({ force: true })],
  ])('ends its invocation when it is %s, and the next one has another', async (_what, interfere) => {
    await works();
    const hanging = app.invoke('acts', { act: 'hang' });
    const refused = expect(hanging).rejects.toMatchObject({ name: 'ServiceException' });
    while ((await app.environments('acts'))[0]?.state !== 'invoking') await new Promise(setImmediate);
    await interfere(await container());
    await refused;
    while ((await app.environments('acts')).length > 0) await new Promise(setImmediate);
    await works();
  });

  test('a paused one is removed: its invocation times out, and the next one gets another sandbox', async () => {
    app.foresee(/could not/);
    await works();
    const paused = await container();
    await paused.pause();
    expect((await app.invoke('acts', { act: 'count' })).payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
    });
    while ((await app.environments('acts')).length > 0) await new Promise(setImmediate);
    await works();
    await expect(paused.inspect()).rejects.toMatchObject({ statusCode: 404 });
  });
});
