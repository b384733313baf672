import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { copyEntries, listFolder } from '../../../src/functions/store/folder';
import { RunningCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

const docker = new Docker();
const containersOf = (instance: string) =>
  docker.listContainers({ all: true, filters: { label: [`lambdock.instance=${instance}`] } });

/** Code that says which one it is and what lies next to it. */
const source = (text: string) => `import os


def handler(event, context):
    return {"text": "${text}", "files": sorted(os.listdir("/var/task")), "opt": sorted(os.listdir("/opt"))}
`;

/** Every bundle's content still has the hash that is its name. */
async function storeIsIntact(data: string, temporary: string): Promise<void> {
  const code = join(data, 'store', 'code');
  const names = (await readdir(code)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const copy = join(temporary, `copy-${name}`);
    await mkdir(copy);
    expect((await copyEntries(await listFolder(join(code, name), '/nowhere'), copy)).hash).toBe(name);
  }
}

test('concurrent calls, edits and retirements get correct responses, and leave nothing behind', async () => {
  await using folder = await TemporaryFolder.make();
  const [data, code, layer] = ['data', 'code', 'layer'].map((name) => join(folder.path, name));
  if (data === undefined || code === undefined || layer === undefined) throw new Error('there are three');
  await Promise.all([code, join(layer, 'python')].map((each) => mkdir(each, { recursive: true })));
  await writeFile(join(layer, 'python', 'module.py'), '');
  await writeFile(join(code, 'app.py'), source('0'));
  const python = { runtime: 'python3.13', handler: 'app.handler', code };
  const instance = `test-spares-${process.pid}`;
  {
    await using app = await RunningApp.start({
      functions: { plain: python, layered: { ...python, layers: [layer], memorySize: 512 } },
      settings: { spares: 3 },
      flags: { data, instance },
    });
    const texts = new Set(['0']);
    const call = async (name: string) => {
      const { payload } = await app.invoke(name);
      expect(payload).toEqual({
        text: expect.any(String),
        files: ['app.py'],
        opt: name === 'layered' ? ['python'] : [],
      });
      expect(texts).toContain((payload as { readonly text: string }).text);
    };
    for (let round = 1; round <= 8; round += 1) {
      texts.add(String(round));
      await Promise.all([
        ...['plain', 'layered', 'plain', 'layered'].map(call),
        writeFile(join(code, 'app.py'), source(String(round))),
        app.retire(round % 2 === 0 ? 'plain' : 'layered'),
      ]);
    }
    while (!(await app.invoke('layered')).text.includes('"text": "8"')) await new Promise(setImmediate);
    expect(app.output).not.toContain('Cannot add');
    app.foresee(/is ready/);
  }
  expect(await containersOf(instance)).toEqual([]);
  expect(await readdir(join(data, 'run'))).toEqual([]);
  await storeIsIntact(data, folder.path);
});

test('a function that tries to change its code and layers changes neither, nor the store', async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, 'data');
  const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  await using app = await RunningApp.start({
    functions: { acts, again: acts },
    settings: { spares: 2 },
    flags: { data },
  });
  for (const path of ['/var/task/acts.py', '/var/task/new', '/opt/new'])
    expect((await app.invoke('acts', { act: 'write', path, text: 'spoilt' })).functionError).toBe(
      'Unhandled',
    );
  expect((await app.invoke('again', { act: 'read', path: '/var/task/new' })).payload).toMatchObject({
    text: null,
  });
  await storeIsIntact(data, folder.path);
});

describe('after kill -9', () => {
  type Moment = (first: RunningCommand, address: string, code: string) => Promise<void>;
  const states = async (address: string) => (await fetch(`${address}/_lambdock/environments`)).text();
  const until = async (address: string, text: string) => {
    while (!(await states(address)).includes(text)) await new Promise(setImmediate);
  };
  const call = (address: string) => {
    const path = `${address}/2015-03-31/functions/edited/invocations`;
    return fetch(path, { method: 'POST', body: '{}' }).then((answer) => answer.text());
  };
  const moments: Readonly<Record<string, Moment>> = {
    'while spares are made': async () => undefined,
    'while cold starts take and wait for sandboxes': async (first, address) => {
      await first.prints(/edited is ready/);
      for (let each = 0; each < 6; each += 1) call(address).catch(() => undefined);
      await until(address, '"state":"starting"');
    },
    'while an environment is ready': async (first, address) => {
      await first.prints(/edited is ready/);
      await call(address);
    },
    'while an edit replaces an environment': async (first, address, code) => {
      await first.prints(/edited is ready/);
      await call(address);
      await writeFile(join(code, 'app.py'), source('edited'));
      await first.prints(/edited: .+ changed → ready/);
    },
  };

  test.each(Object.entries(moments))(
    '%s, the next start leaves no container, slot or link of it',
    async (_, moment) => {
      await using folder = await TemporaryFolder.make();
      const code = join(folder.path, 'code');
      await mkdir(code);
      await writeFile(join(code, 'app.py'), source('first'));
      const edited = { runtime: 'python3.13', handler: 'app.handler', code: 'code' };
      await writeFile(join(folder.path, 'lambdock.yaml'), JSON.stringify({ functions: { edited } }));
      const instance = `test-killed-${process.pid}-${folder.path
        .slice(-6)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '0')}`;
      const words = ['start', '--port', '0', '--instance', instance, '--spares', '2'];
      const options = { workingDirectory: folder.path };
      const run = join(folder.path, '.lambdock', 'run');
      await using first = new RunningCommand(words, options);
      const [, address = ''] = await first.prints(/listening at (\S+)/);
      await moment(first, address, code);
      const boots = await readdir(run);
      first.signal('SIGKILL');
      await first.ended;

      await using second = new RunningCommand(words, options);
      const [, again = ''] = await second.prints(/listening at (\S+)/);
      await second.prints(/edited is ready/);
      expect(await call(again)).toContain('app.py');
      expect((await readdir(run)).filter((boot) => boots.includes(boot))).toEqual([]);
      second.signal('SIGTERM');
      expect(await second.ended).toMatchObject({ code: 0 });
      expect(await readdir(run)).toEqual([]);
      expect(await containersOf(instance)).toEqual([]);
      await storeIsIntact(join(folder.path, '.lambdock'), folder.path);
    },
  );
});
