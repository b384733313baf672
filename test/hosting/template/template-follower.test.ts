import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Template } from '../../../src/functions/template/template';
import { TemplateFollower } from '../../../src/hosting/template/template-follower';
import { systemClock } from '../../../src/lib/clock';
import { type Deferred, deferred } from '../../../src/lib/deferred';
import { Journal } from '../../../src/telemetry/journal';
import { Notices } from '../../../src/telemetry/notices';
import { RunningApp } from '../../support/app/running-app';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { lambdaRuntime } from '../../support/fakes/fake-runtime';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

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

const notices = async (app: RunningApp, name = ''): Promise<readonly string[]> => {
  const answer = await fetch(`${app.address}/_lambdock/notices?function=${name}`);
  const { notices: found } = (await answer.json()) as {
    readonly notices: readonly { readonly text: string }[];
  };
  return found.map(({ text }) => text);
};

const count = async (app: RunningApp, name = 'hello') => (await app.invoke(name)).payload;

test('changed code is deployed while lambdock runs: the next call is cold, with the new code', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  expect([await count(app), await count(app)]).toEqual([1, 2]);
  const before = app.output.length;
  await writeFile(join(folder.path, 'code', 'app.py'), 'second');
  await app.prints(new RegExp(`^[^]{${before},}hello: app.py changed → ready in \\d+\\.\\d s`));
  expect(await count(app)).toBe(1);
});

test('reports a template that is broken in the middle of an edit, and keeps what runs', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  await count(app);
  app.foresee(/./);
  await writeFile(join(app.folder, 'lambdock.yaml'), 'functions: [');
  await app.prints(/The template has errors and was not deployed; the functions stay as they were: /);
  expect(await notices(app)).toEqual([expect.stringContaining('The template has errors')]);
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
  await app.prints(new RegExp(`^[^]{${before},}hello: lambdock.yaml changed → ready`));
  expect(await notices(app)).toEqual([]);
  expect(await count(app)).toBe(1);
  await expect(app.invoke('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('gives no old response once a change is known', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  expect(await count(app)).toBe(1);
  const noticed = app.prints(/hello: app\.py changed → ready/);
  await writeFile(join(folder.path, 'code', 'app.py'), 'second');
  // The follower notices within moments; from then on each call waits for the new code.
  const answers: unknown[] = [];
  let isDeployed = false;
  void noticed.then(() => {
    isDeployed = true;
  });
  while (!isDeployed) answers.push(await count(app));
  answers.push(await count(app));
  const firstNew = answers.indexOf(1);
  expect(answers.slice(firstNew)).toEqual(answers.slice(firstNew).map((_, index) => index + 1));
});

test('a changed setting of the template is a notice until it is restored', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/Settings of the template have changed/);
  const file = join(app.folder, 'lambdock.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, JSON.stringify({ spares: 3, ...JSON.parse(text) }));
  await reload(app);
  expect(await notices(app, 'hello')).toEqual([
    'Settings of the template have changed (spares) and apply after a restart. Run "npm run up", or start lambdock again.',
  ]);
  await writeFile(file, text);
  await reload(app);
  expect(await notices(app)).toEqual([]);
});

test('a function that cannot be deployed is a notice for its callers, and the version before it answers', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/hello failed|other failed|other:/);
  await count(app);
  await rm(join(folder.path, 'code', 'app.py'));
  await app.prints(/hello failed: .+ The previous version stays in service\./);
  expect(await notices(app, 'hello')).toEqual([expect.stringMatching(/^hello failed: /)]);
  expect(await count(app)).toBe(2);
  await writeFile(join(folder.path, 'code', 'app.py'), 'third');
  await app.prints(/hello: app\.py changed → ready/);
  expect(await notices(app, 'hello')).toEqual([]);
});

test('claims no version before it of a function that never was ready', async () => {
  const engine = new FakeEngine();
  await using app = await RunningApp.start({ engine, functions: { absent: { image: 'shop/absent:1' } } });
  app.foresee(/absent failed/);
  expect(await notices(app, 'absent')).toEqual([
    expect.stringMatching(/^absent failed: (?!.*goes on answering)/),
  ]);
});

test('reports a change that cannot be deployed although the template is correct', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'template.yaml');
  await writeFile(file, '');
  const failed = deferred<Error>();
  const template = { files: [file], functions: [], settings: {} } as unknown as Template;
  let deployments = 0;
  const apply = async () => {
    deployments += 1;
    if (deployments > 1) throw new Error('database is locked');
  };
  const hosting = { apply, hold: () => undefined };
  const follow = new TemplateFollower({
    load: () => template,
    hosting,
    clock: systemClock,
    dataFolder: join(folder.path, '.lambdock'),
    notices: new Notices(
      new Journal(),
      () => undefined,
      () => 0,
    ),
    settings: {},
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
  const template = { files: [file], functions: [], settings: {} } as unknown as Template;
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
      hold: () => undefined,
    },
    clock: systemClock,
    dataFolder: join(path, '.lambdock'),
    notices: new Notices(
      new Journal(),
      () => undefined,
      () => 0,
    ),
    settings: {},
    fail: () => undefined,
  });
  return { follow, file, template, deployments, begun: () => next.promise };
}

test('watches before it deploys for the first time, so that no change in between is missed', async () => {
  await using folder = await TemporaryFolder.make();
  const { follow, file, template, deployments, begun } = await slowlyDeployed(folder.path);
  const first = begun();
  const deployed = follow.begin(template);
  expect(deployments).toEqual([]);
  const running = await first;
  const second = begun();
  await writeFile(file, 'changed');
  (await second).resolve();
  running.resolve();
  await deployed;
  await follow.close();
});

test('does not deploy where it is closed while it begins to watch', async () => {
  await using folder = await TemporaryFolder.make();
  const { follow, template, deployments } = await slowlyDeployed(folder.path);
  const deployed = follow.begin(template);
  await follow.close();
  await deployed;
  expect(deployments).toEqual([]);
});

test('deploys once for many requests during a deployment', async () => {
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

test('a request deploys without waiting for the watch, and only what has changed becomes cold', async () => {
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

test('refuses a request with a mistake in the template and names its place, and keeps what runs', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/The template has errors/);
  await count(app);
  await writeFile(join(app.folder, 'lambdock.yaml'), 'functions:\n  hello: { memorySize: 1 }\n');
  const message = expect.stringMatching(
    /^The template has errors and was not deployed; the functions stay as they were\. .*lambdock\.yaml:2:\d+: functions\.hello/,
  );
  expect(await reload(app)).toEqual({ status: 400, body: { message } });
  expect(await count(app)).toBe(2);
});

test('refuses a request if the template is not followed', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path, { watch: 'false' });
  expect(await reload(app)).toEqual({
    status: 409,
    body: {
      message: expect.stringMatching(/^Changes of the template are not deployed, because watch is false\. /),
    },
  });
});

test('a change of a template`s function over the API is listed, and a deletion is a notice', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path);
  app.foresee(/hello is ready/);
  const functions = async () => {
    const answer = await fetch(`${app.address}/_lambdock/functions`);
    const list = (await answer.json()) as { readonly functions: readonly Record<string, unknown>[] };
    return list.functions;
  };
  const path = `${app.address}/2015-03-31/functions/hello`;
  const changed = await fetch(`${path}/configuration`, { method: 'PUT', body: '{"MemorySize":512}' });
  expect(changed.status).toBe(200);
  expect(await functions()).toMatchObject([
    { name: 'hello', memorySize: 512, isFromTemplate: true },
    { name: 'other', memorySize: 128 },
  ]);
  expect((await fetch(path, { method: 'DELETE' })).status).toBe(204);
  expect(await functions()).toMatchObject([{ name: 'other' }]);
  expect(await notices(app, 'hello')).toEqual([
    'hello was deleted over the API. The next change of the template, or "npm run up", deploys it again.',
  ]);
  await reload(app);
  expect(await notices(app, 'hello')).toEqual([]);
  expect(await count(app)).toBe(1);
});
