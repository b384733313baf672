import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Template } from '../../src/functions/template/template';
import { TemplateFollower } from '../../src/hosting/template-follower';
import { systemClock } from '../../src/lib/clock';
import { type Deferred, deferred } from '../../src/lib/deferred';
import { FakeEngine } from '../support/fake-engine';
import { lambdaRuntime } from '../support/fake-runtime';
import { RunningApp } from '../support/running-app';
import { TemporaryFolder } from '../support/temporary-folder';

/** Answers with how often this process was called, so that 1 means cold. */
async function started(folder: string, flags: Record<string, string> = {}): Promise<RunningApp> {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((_event, { count }) => count);
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code', 'app.py'), 'first');
  return RunningApp.start({
    engine,
    flags,
    functions: {
      hello: { runtime: 'python3.13', handler: 'app.handler', code: join(folder, 'code') },
      other: { runtime: 'python3.13', handler: 'app.handler', code: join(folder, 'code'), description: 'x' },
    },
  });
}

const count = async (app: RunningApp, name = 'hello') => (await app.invoke(name)).payload;

test('changed code is deployed while lambdock runs: the next call is cold, with the new code', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  expect([await count(app), await count(app)]).toEqual([1, 2]);
  const before = app.output.length;
  await writeFile(join(folder.path, 'code', 'app.py'), 'second');
  await app.prints(new RegExp(`^[^]{${before},}hello is ready`));
  expect(await count(app)).toBe(1);
  app.foresee(/is ready/);
});

test('a template that is broken in the middle of an edit is told of, and what runs goes on', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  await count(app);
  app.foresee(/./);
  await writeFile(join(app.folder, 'lambdock.yaml'), 'functions: [');
  await app.prints(/the template is left as it was: /);
  expect(await count(app)).toBe(2);
  // Mended, with one function less.
  const hello = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folder.path, 'code'),
    memorySize: 256,
  };
  const before = app.output.length;
  await writeFile(join(app.folder, 'lambdock.yaml'), JSON.stringify({ functions: { hello } }));
  await app.prints(new RegExp(`^[^]{${before},}hello is ready`));
  expect(await count(app)).toBe(1);
  await expect(app.invoke('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a change that cannot be deployed, though the template is right, is told of', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'template.yaml');
  await writeFile(file, '');
  const failed = deferred<Error>();
  const template = { files: [file], functions: [] } as unknown as Template;
  const hosting = { apply: () => Promise.reject(new Error('database is locked')) };
  const follow = new TemplateFollower({
    load: () => template,
    hosting,
    clock: systemClock,
    dataFolder: join(folder.path, '.lambdock'),
    say: () => undefined,
    fail: failed.resolve,
  });
  try {
    await follow.begin(template);
    await writeFile(file, 'changed');
    expect(await failed.promise).toMatchObject({
      message: 'A change of the template could not be deployed',
      cause: { message: 'database is locked' },
    });
  } finally {
    await follow.close();
  }
});

/** A follower of one file, whose deployments end when the test says so. */
async function slowlyDeployed(path: string) {
  const file = join(path, 'template.yaml');
  await writeFile(file, '');
  const template = { files: [file], functions: [] } as unknown as Template;
  const deployments: Deferred<void>[] = [];
  let next = deferred<Deferred<void>>();
  const follow = new TemplateFollower({
    load: () => template,
    hosting: {
      apply: () => {
        const deployment = deferred<void>();
        deployments.push(deployment);
        next.resolve(deployment);
        next = deferred();
        return deployment.promise;
      },
    },
    clock: systemClock,
    dataFolder: join(path, '.lambdock'),
    say: () => undefined,
    fail: () => undefined,
  });
  return { follow, deployments, begun: () => next.promise };
}

test('deploys once what is asked for many times while a deployment is under way', async () => {
  await using folder = await TemporaryFolder.make();
  const { follow, deployments, begun } = await slowlyDeployed(folder.path);
  const first = begun();
  const all = [follow.reload()];
  const running = await first;
  for (let i = 0; i < 60; i += 1) all.push(follow.reload());
  const second = begun();
  running.resolve();
  (await second).resolve();
  await Promise.all(all);
  expect(deployments).toHaveLength(2);
  await follow.close();
});

test('close drops the deployment that waits, and does not wait for one that never ends', async () => {
  await using folder = await TemporaryFolder.make();
  const { follow, deployments, begun } = await slowlyDeployed(folder.path);
  const first = begun();
  void follow.reload();
  const running = await first;
  const waiting = follow.reload();
  await follow.close();
  expect(deployments).toHaveLength(1);
  running.resolve();
  await waiting;
  expect(deployments).toHaveLength(1);
});

async function reload(app: RunningApp): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${app.address}/_lambdock/reload`, { method: 'POST' });
  return { status: answer.status, body: await answer.json() };
}

test('who asks for it need not wait until a change is noticed, and only what has changed becomes cold', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/is ready/);
  expect([await count(app), await count(app, 'other')]).toEqual([1, 1]);
  const { functions } = JSON.parse(await readFile(join(app.folder, 'lambdock.yaml'), 'utf8'));
  functions.hello.memorySize = 256;
  await writeFile(join(app.folder, 'lambdock.yaml'), JSON.stringify({ functions }));
  expect(await reload(app)).toMatchObject({
    status: 200,
    body: {
      functions: [
        { name: 'hello', state: 'ready', memorySize: 256 },
        { name: 'other', state: 'ready', memorySize: 128 },
      ],
    },
  });
  expect([await count(app), await count(app, 'other')]).toEqual([1, 2]);
});

test('asked for with a mistake in the template, it is refused with the place, and what runs goes on', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/the template is left as it was/);
  await count(app);
  await writeFile(join(app.folder, 'lambdock.yaml'), 'functions:\n  hello: { memorySize: 1 }\n');
  const message = expect.stringMatching(
    /^What runs goes on as it was\. .*lambdock\.yaml:2:\d+: functions\.hello/,
  );
  expect(await reload(app)).toEqual({ status: 400, body: { message } });
  expect(await count(app)).toBe(2);
});

test('where the template is not followed, asking for it is refused', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path, { watch: 'false' });
  expect(await reload(app)).toEqual({
    status: 409,
    body: { message: expect.stringMatching(/^The template is not followed, since watch is off\. /) },
  });
});
