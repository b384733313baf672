import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { startApp } from '../src/app';
import { systemClock } from '../src/lib/clock';
import { deferred } from '../src/lib/deferred';
import { resolveSettings } from '../src/settings';
import { RunningApp } from './support/app/running-app';
import { FakeEngine } from './support/fakes/fake-engine';
import { zipOf } from './support/functions/zips';
import { TemporaryFolder } from './support/lib/temporary-folder';

/** A port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('answers requests before lambdock is ready with that, without a wait', async () => {
  await using folder = await TemporaryFolder.make();
  const template = join(folder.path, 'lambdock.yaml');
  await writeFile(template, 'functions: {}');
  const port = await freePort();
  const settings = resolveSettings({ template, port, data: join(folder.path, 'data') }, {});
  const asked = deferred<void>();
  const engine = deferred<FakeEngine>();
  const openEngine = () => {
    asked.resolve();
    return engine.promise;
  };
  const starting = startApp(settings, new PassThrough().resume(), { openEngine, clock: systemClock });
  await asked.promise;
  const early = await fetch(`http://127.0.0.1:${port}/_lambdock/health`);
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
  engine.resolve(new FakeEngine());
  await using app = await starting;
  expect((await fetch(`${app.address}/_lambdock/health`)).status).toBe(200);
});

test('a failed start undoes its earlier steps', async () => {
  await using folder = await TemporaryFolder.make();
  const template = join(folder.path, 'lambdock.yaml');
  await writeFile(template, 'functions: {}');
  const port = await freePort();
  const settings = resolveSettings({ template, port, data: join(folder.path, 'data') }, {});
  const openEngine = () => Promise.reject(new Error('no engine'));
  const parts = { openEngine, clock: systemClock };
  await expect(startApp(settings, new PassThrough().resume(), parts)).rejects.toThrow('no engine');
  await using app = await startApp(settings, new PassThrough().resume(), {
    ...parts,
    openEngine: async () => new FakeEngine(),
  });
  expect(app.address).toBe(`http://127.0.0.1:${port}`);
});

test('a folder of the store that became a file is named to the caller of CreateFunction', async () => {
  await using app = await RunningApp.start({ engine: new FakeEngine(), functions: {} });
  const zips = join(app.folder, 'data/store/zips');
  await rm(zips, { recursive: true });
  await writeFile(zips, '');
  app.foresee(/zips/);
  const response = await fetch(`${app.address}/2015-03-31/functions`, {
    method: 'POST',
    body: JSON.stringify({
      FunctionName: 'hello',
      Runtime: 'python3.13',
      Handler: 'app.handler',
      Role: 'arn:aws:iam::000000000000:role/r',
      Code: { ZipFile: (await zipOf({ 'app.py': 'def handler(event, context): pass' })).toString('base64') },
    }),
  });
  const body = await response.text();
  expect([response.status, body]).toEqual([
    500,
    expect.stringMatching(/Cannot use .*store\/zips.*: a part of its path is a file, not a folder/),
  ]);
});

test('a data folder that is a file is named with the next step', async () => {
  await using folder = await TemporaryFolder.make();
  const template = join(folder.path, 'lambdock.yaml');
  await writeFile(template, 'functions: {}');
  const settings = resolveSettings({ template, port: 0, data: template }, {});
  const starting = startApp(settings, new PassThrough().resume(), {
    openEngine: async () => new FakeEngine(),
    clock: systemClock,
  });
  await expect(starting).rejects.toMatchObject({ code: 'EEXIST', path: template });
});
