import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineAddresses } from '../../../src/engine/addresses';
import { connect, parseAddress } from '../../../src/engine/docker/connect';
import { systemClock } from '../../../src/lib/clock';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
});
afterEach(() => rm(home, { recursive: true }));

test.each([
  ['unix:///run/x.sock', { socketPath: '/run/x.sock' }],
  ['/run/x.sock', { socketPath: '/run/x.sock' }],
  ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine' }],
  ['tcp://build-box:2375', { host: 'build-box', port: 2375, secure: false }],
  ['tcp://build-box', { host: 'build-box', port: 2375, secure: false }],
  ['tcp://10.0.0.2:2376', { host: '10.0.0.2', port: 2376, secure: true }],
  ['https://build-box:9999', { host: 'build-box', port: 9999, secure: true }],
  ['tcp://[::1]:2375', { host: '::1', port: 2375, secure: false }],
])('parses the address %s', (address, place) => {
  expect(parseAddress(address)).toEqual(place);
});

test.each(['build-box:2375', 'ftp://x', 'ssh://me@box', 'tcp://', 'unix://'])('%s is refused', (address) => {
  expect(() => parseAddress(address)).toThrow(/Use unix:\/\/\/path\/to\.sock or tcp:\/\/host:port/);
});

test('uses a given address and looks for no other', async () => {
  await using api = await scriptedDockerApi({});
  const connection = await connect({ address: api.socketPath, platform: 'linux', clock: systemClock });
  expect([connection.address, connection.local]).toEqual([`unix://${api.socketPath}`, true]);
  connection.close();
  await expect(
    connect({ address: `unix://${home}/none.sock`, platform: 'linux', clock: systemClock }),
  ).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('none.sock: the socket does not exist'),
  });
});

test('the engine of the current Docker context is used', async () => {
  await using api = await scriptedDockerApi({});
  const name = createHash('sha256').update('mine').digest('hex');
  await mkdir(join(home, '.docker/contexts/meta', name), { recursive: true });
  await writeFile(join(home, '.docker/config.json'), '{"currentContext":"mine"}');
  const meta = { Endpoints: { docker: { Host: `unix://${api.socketPath}` } } };
  await writeFile(join(home, '.docker/contexts/meta', name, 'meta.json'), JSON.stringify(meta));
  const connection = await connect({ platform: 'linux', clock: systemClock, homeFolder: home });
  expect(connection.address).toBe(`unix://${api.socketPath}`);
  connection.close();
  await expect(
    connect({ platform: 'linux', clock: systemClock, homeFolder: home, context: 'gone' }),
  ).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('The Docker context gone does not exist'),
  });
});

test('takes the first usual address that answers', async () => {
  await using api = await scriptedDockerApi({});
  await mkdir(join(home, '.docker/run'), { recursive: true });
  await symlink(api.socketPath, join(home, '.docker/run/docker.sock'));
  const options = { platform: 'linux', clock: systemClock, homeFolder: home } as const;
  const [system] = engineAddresses(options);
  const connection = await connect({ ...options, clock: systemClock });
  // The machine's own engine comes first where there is one.
  expect([system?.url, `unix://${home}/.docker/run/docker.sock`]).toContain(connection.address);
  connection.close();
});

test('an engine over TCP is not local', async () => {
  const server = createServer((_request, response) => response.end('OK'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = await connect({
    address: `tcp://127.0.0.1:${port}`,
    platform: 'linux',
    clock: systemClock,
  });
  expect(connection.local).toBe(false);
  connection.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('rejects where the engine redirects, and makes no request to another host', async () => {
  let elsewhere = 0;
  const other = createServer((_request, response) => {
    elsewhere += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/images/raw/json`;
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_ping')) response.end('OK');
    else response.writeHead(301, { location }).end();
  });
  const path = join(home, 'redirecting.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connection = await connect({ address: path, platform: 'linux', clock: systemClock });
  try {
    await expect(connection.docker.getImage('img//raw').inspect()).rejects.toThrow(/redirects/);
    expect(elsewhere).toBe(0);
  } finally {
    connection.close();
    for (const each of [server, other]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  }
});

test('reports a server that is not an engine', async () => {
  await using api = await scriptedDockerApi({});
  const server = createServer((_request, response) =>
    response.writeHead(500).end('{"message":"out of order"}'),
  );
  const path = join(home, 'x.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expect(connect({ address: path, platform: 'linux', clock: systemClock })).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('out of order'),
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(api.requests).toEqual(['GET /_ping']);
});

test('gives up an engine that accepts the connection and does not answer', async () => {
  const server = createServer(() => undefined);
  const path = join(home, 'mute.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expect(
    connect({ address: path, platform: 'linux', clock: systemClock, answerLimitMs: 50 }),
  ).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('did not answer within 0.05 s'),
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
