import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { startApp } from '../src/app';
import { systemClock } from '../src/lib/clock';
import { deferred } from '../src/lib/deferred';
import { resolveSettings } from '../src/settings';
import { FakeEngine } from './support/fake-engine';
import { TemporaryFolder } from './support/temporary-folder';

/** A port that nobody uses at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('who asks before lambdock is ready is told so, and not left to wait', async () => {
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

test('what was begun is undone where the start fails', async () => {
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
