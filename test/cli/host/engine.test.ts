import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEngine } from '../../../src/cli/host/engine';
import { EngineClient } from '../../../src/cli/host/engine-client';
import { RecordingServer } from '../../support/clients/recording-server';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const nowhere = { platform: 'linux' as const, homeFolder: '/nowhere', runtimeFolder: '/nowhere' };

test('an engine that answers at the named socket is the one', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'engine.sock');
  await using server = await RecordingServer.start(path);
  server.answer = (_, response) => void response.writeHead(200).end('OK');
  const found = await findEngine({ ...nowhere, host: `unix://${path}` });
  expect(found).toBeInstanceOf(EngineClient);
  expect(server.requests.map(({ url }) => url)).toEqual(['/_ping']);
});

test('a named engine that does not answer is not replaced by another', async () => {
  const found = await findEngine({ ...nowhere, host: 'unix:///nowhere/engine.sock' });
  expect(found).toEqual({
    reason:
      'No engine answers at unix:///nowhere/engine.sock (DOCKER_HOST). Start it, or choose another one.',
    final: true,
  });
});

test('an engine on another host is refused with the reason', async () => {
  const found = await findEngine({ ...nowhere, host: 'ssh://me@there' });
  expect(found).toEqual({
    reason:
      'This command needs an engine on this host, with a Unix socket, but DOCKER_HOST is ssh://me@there. Unset it, or choose another context.',
    final: true,
  });
});

test('reports a chosen context without an engine, and installs none instead', async () => {
  await using home = await TemporaryFolder.make();
  await mkdir(join(home.path, '.docker'));
  await writeFile(join(home.path, '.docker/config.json'), '{"currentContext":"gone"}');
  expect(await findEngine({ ...nowhere, homeFolder: home.path })).toEqual({
    reason:
      'The Docker context gone does not exist or names no engine. Choose another one: docker context use default',
    final: true,
  });
});
