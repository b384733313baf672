import { join } from 'node:path';
import { EngineClient } from '../../../src/cli/host/engine-client';
import { RecordingServer } from '../../support/clients/recording-server';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test('containers are asked for by label, stopped ones too', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'engine.sock');
  await using server = await RecordingServer.start(path);
  server.json(200, [
    { Id: 'a', State: 'running', Labels: { 'lambdock.instance': 'x' }, Ports: [{ PublicPort: 9000 }, {}] },
    { Id: 'b', State: 'exited', Ports: null },
  ]);
  const containers = await new EngineClient(path).containers(['lambdock.instance=x']);
  expect(containers).toEqual([
    { id: 'a', running: true, labels: { 'lambdock.instance': 'x' }, publishedPorts: [9000] },
    { id: 'b', running: false, labels: {}, publishedPorts: [] },
  ]);
  const url = new URL(server.requests[0]?.url ?? '', 'http://engine');
  expect(url.searchParams.get('all')).toBe('true');
  expect(JSON.parse(url.searchParams.get('filters') ?? '')).toEqual({ label: ['lambdock.instance=x'] });
});

test('the status alone decides whether an image exists', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'engine.sock');
  await using server = await RecordingServer.start(path);
  const client = new EngineClient(path);
  server.json(200, {});
  expect(await client.hasImage('lambdock/emulator:1')).toBe(true);
  server.json(404, { message: 'No such image' });
  expect(await client.hasImage('lambdock/emulator:2')).toBe(false);
});

test('a socket of another program is not an engine', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'engine.sock');
  await using server = await RecordingServer.start(path);
  server.answer = (_, response) => void response.writeHead(404).end();
  expect(await new EngineClient(path).ping()).toBe('silent');
});

test('networks with a label are removed', async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, 'engine.sock');
  await using server = await RecordingServer.start(path);
  server.json(200, [{ Id: 'n1' }, { Id: 'n2' }]);
  await new EngineClient(path).removeNetworks('lambdock.instance=x');
  const [asked, ...removed] = server.requests.map(({ method, url }) => `${method} ${url}`);
  expect(decodeURIComponent(asked ?? '')).toBe('GET /networks?filters={"label":["lambdock.instance=x"]}');
  expect(removed).toEqual(['DELETE /networks/n1', 'DELETE /networks/n2']);
});
