import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { chooseTransport, type Surroundings } from '../../../src/engine/docker/transport';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const gateway = '172.30.0.1';

async function choose(wanted: Parameters<typeof chooseTransport>[0], change: Partial<Surroundings>) {
  await using api = await scriptedDockerApi({
    'GET /networks/bridge': [200, { IPAM: { Config: [{ Gateway: 'fd00::1' }, { Gateway: gateway }] } }],
    'GET /networks/untold': [
      200,
      {
        IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] },
        Options: { 'com.docker.network.bridge.name': 'docker0' },
      },
    ],
    'GET /networks/flat': [200, { IPAM: { Config: [] } }],
  });
  const { connection } = api;
  return await chooseTransport(wanted, {
    connection,
    platform: 'linux',
    desktop: false,
    own: undefined,
    network: async () => 'bridge',
    addressOf: (name) => (name === 'docker0' ? '172.17.0.1' : undefined),
    ...change,
  });
}

const own = { id: 'x', mounts: [], names: [], networks: new Map([['project', '172.20.0.3']]) };

const direct = { transport: 'unix', handover: true };

test('one kernel: a Unix socket, at which what functions connect to is handed over', async () => {
  expect(await choose('auto', {})).toEqual(direct);
  expect(await choose('auto', { platform: 'darwin', own })).toEqual(direct);
  expect(await choose('auto', { network: async () => 'none' })).toEqual(direct);
  expect(await choose('unix', {})).toEqual(direct);
  expect(await choose('unix-relay', {})).toEqual({ transport: 'unix', handover: false });
});

test('an engine in a desktop product’s machine: TCP, through the name that it forwards', async () => {
  const forwarded = { transport: 'tcp', bindHost: '127.0.0.1', advertisedHost: 'host.docker.internal' };
  expect(await choose('auto', { platform: 'darwin' })).toEqual(forwarded);
  expect(await choose('auto', { desktop: true })).toEqual(forwarded);
});

test('TCP on one kernel: only on our side of the bridge', async () => {
  expect(await choose('tcp', {})).toEqual({ transport: 'tcp', bindHost: gateway, advertisedHost: gateway });
  expect(await choose('tcp', { network: async () => 'untold' })).toMatchObject({ bindHost: '172.17.0.1' });
});

test('TCP from our own container: its address in the functions’ network', async () => {
  const found = await choose('tcp', { own, network: async () => 'project' });
  expect(found).toEqual({ transport: 'tcp', bindHost: '0.0.0.0', advertisedHost: '172.20.0.3' });
  await expect(choose('tcp', { own, network: async () => 'other' })).rejects.toMatchObject({
    kind: 'refused',
  });
});

test('a remote engine: the address that we have on the way to it', async () => {
  const engine = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  const { port } = engine.address() as AddressInfo;
  await using api = await scriptedDockerApi({});
  const connection = { ...api.connection, local: false, address: `tcp://127.0.0.1:${port}` };
  expect(await choose('auto', { connection })).toEqual({
    transport: 'tcp',
    bindHost: '0.0.0.0',
    advertisedHost: '127.0.0.1',
  });
  await new Promise((resolve) => engine.close(resolve));
});

test('reports a transport that cannot work', async () => {
  await expect(choose('tcp', { network: async () => 'none' })).rejects.toThrow(/Without a network/);
  await expect(choose('tcp', { network: async () => 'flat' })).rejects.toThrow(
    /no gateway with an IPv4 address/,
  );
  await expect(choose('tcp', { network: async () => 'gone' })).rejects.toMatchObject({ kind: 'refused' });
});
