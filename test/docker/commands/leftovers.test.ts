import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(60_000);

const docker = new Docker();
const instance = `test-leftovers-${process.pid}`;
const filters = { label: [`lambdock.instance=${instance}`] };
const sandboxes = () => docker.listContainers({ all: true, filters });

afterAll(async () => {
  for (const { Id } of await sandboxes()) await docker.getContainer(Id).remove({ force: true });
});

test('after kill -9 sandboxes end, also busy ones, and the next start cleans up', async () => {
  await using folder = await TemporaryFolder.make();
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 60,
  };
  await writeFile(join(folder.path, 'lambdock.yaml'), JSON.stringify({ functions: { acts } }));
  const words = ['start', '--port', '0', '--instance', instance, '--spares', '1'];
  const options = { workingDirectory: folder.path };
  const runFolders = () => readdir(join(folder.path, '.lambdock', 'run'));

  await using first = new RunningCommand(words, options);
  const [, address = ''] = await first.prints(/listening at (\S+)/);
  await first.prints(/acts is ready/);
  await using hanging = new RunningCommand(['invoke', 'acts', '-p', '{"act":"hang"}', '--endpoint', address]);
  await first.prints(/acts \| hanging/);
  // One that is just being made would be the next start's to remove.
  const states = async () => (await fetch(`${address}/_lambdock/environments`)).text();
  while (!(await states()).includes('"state":"spare"')) await new Promise(setImmediate);
  const left = await sandboxes();
  expect(left).toHaveLength(2);
  const gone = left.map(({ Id }) => docker.getContainer(Id).wait({ condition: 'removed' }));
  first.signal('SIGKILL');
  await Promise.all(gone);
  expect(await sandboxes()).toEqual([]);
  expect((await hanging.ended).code).toBe(1);
  const stale = await runFolders();
  expect(stale.length).toBeGreaterThan(0);

  await using second = new RunningCommand(words, options);
  await second.prints(/acts is ready/);
  const now = await runFolders();
  expect(now.filter((name) => stale.includes(name))).toEqual([]);
  second.signal('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(await sandboxes()).toEqual([]);
  expect(await runFolders()).toEqual([]);
});

test('a second lambdock on the same data folder leaves the sandboxes of the first alone', async () => {
  await using folder = await TemporaryFolder.make();
  const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  const start = async () =>
    RunningApp.start({
      functions: { acts },
      flags: { data: folder.path, instance: `${instance}-shared` },
    });
  await using first = await start();
  await first.invoke('acts', {});
  const environments = async () => (await first.environments('acts')).map(({ id }) => id);
  const before = await environments();
  {
    await using second = await start();
    expect((await second.invoke('acts', {})).status).toBe(200);
  }
  await first.invoke('acts', {});
  expect(await environments()).toEqual(before);
  expect(await first.environments('acts')).toMatchObject([{ invocations: 2 }]);
});

test('a second lambdock with the same instance name and another data folder leaves the first alone', async () => {
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 60,
  };
  const flags = { instance: `${instance}-twice` };
  await using first = await RunningApp.start({ functions: { acts }, flags });
  const waiting = first.invoke('acts', { act: 'wait', seconds: 5 });
  await first.prints(/START RequestId/);
  {
    await using second = await RunningApp.start({ functions: { acts }, flags });
    expect((await second.invoke('acts', {})).status).toBe(200);
    expect(second.output).not.toContain('removed what an earlier run left behind');
  }
  expect((await waiting).functionError).toBeUndefined();
  // The network that both use is there after the second's end.
  await first.retire('acts');
  expect((await first.invoke('acts', {})).status).toBe(200);
});

test('closing leaves nothing on the engine: no container, no network, no volume', async () => {
  const listed = async (name: string) => {
    const ours = { label: [`lambdock.instance=${name}`] };
    const [containers, networks, { Volumes }] = await Promise.all([
      docker.listContainers({ all: true, filters: ours }),
      docker.listNetworks({ filters: ours }),
      docker.listVolumes({ filters: ours }),
    ]);
    return [...containers, ...networks, ...Volumes];
  };
  const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  const app = await RunningApp.start({ settings: { spares: 2 }, functions: { acts, more: acts } });
  await Promise.all([1, 2].map(() => app.invoke('acts', { act: 'wait', seconds: 0.1 })));
  expect((await listed(app.instance)).length).toBeGreaterThan(0);
  await app[Symbol.asyncDispose]();
  expect(await listed(app.instance)).toEqual([]);
});

test('a running call ends normally, and a later one is refused', async () => {
  const acts = {
    runtime: 'python3.13',
    handler: 'acts.handler',
    code: functionsFolder('python'),
    timeout: 20,
  };
  const app = await RunningApp.start({ settings: { spares: 0 }, functions: { acts } });
  const waiting = app.invoke('acts', { act: 'wait', seconds: 1 });
  await app.prints(/START RequestId/);
  const closed = app[Symbol.asyncDispose]();
  expect((await waiting).status).toBe(200);
  await closed;
  await expect(fetch(app.address)).rejects.toThrow();
});
