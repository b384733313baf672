import {
  containerIdsIn,
  findOwnContainer,
  hostPathOf,
  type OwnContainer,
  userNetworkOf,
} from '../../../src/engine/docker/own-container';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const id = 'c0ffee'.repeat(11).slice(0, 64);
const dockerMountInfo = [
  '721 700 0:60 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X',
  `730 721 8:1 /var/lib/docker/containers/${id}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw`,
  `731 721 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw`,
].join('\n');
const podmanMountInfo = `612 600 0:25 /containers/overlay-containers/${id}/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw`;
const outsideMountInfo = `30 1 8:1 /var/lib/docker/containers/${id}/hostname /srv/backup rw - ext4 /dev/sda1 rw`;

const inspected = {
  Id: id,
  Name: '/project-lambdock-1',
  Config: { Hostname: 'c0ffeec0ffee' },
  State: { Running: true },
  Mounts: [
    { Type: 'volume', Name: 'data', Source: '/var/lib/docker/volumes/data/_data', Destination: '/data' },
    { Type: 'bind', Source: '/home/me/project', Destination: '/project' },
    { Type: 'bind', Source: '/home/me/other', Destination: '/project/code/other' },
    { Type: 'tmpfs', Source: '', Destination: '/scratch' },
  ],
  NetworkSettings: {
    Networks: {
      bridge: { IPAddress: '172.17.0.2' },
      project_default: { IPAddress: '172.20.0.3', Aliases: ['lambdock', 'c0ffeec0ffee'] },
    },
  },
};

async function find(traces: Partial<Parameters<typeof findOwnContainer>[1]>, running = true) {
  await using api = await scriptedDockerApi({
    [`GET /containers/${id}/json`]: [200, { ...inspected, State: { Running: running } }],
    'GET /containers/emulator/json': [200, inspected],
  });
  return await findOwnContainer(api.docker, {
    hostname: 'elsewhere',
    mountInfo: '',
    marked: false,
    ...traces,
  });
}

test('takes the id from the mounts of the container’s own files only', () => {
  expect(containerIdsIn(dockerMountInfo)).toEqual([id]);
  expect(containerIdsIn(podmanMountInfo)).toEqual([id]);
  expect(containerIdsIn(outsideMountInfo)).toEqual([]);
});

test('the container is found by its mounts, or by its host name where it is certain that there is one', async () => {
  const own = await find({ mountInfo: dockerMountInfo });
  expect(own?.id).toBe(id);
  expect(own?.networks.get('project_default')).toBe('172.20.0.3');
  expect(own?.names).toEqual(
    expect.arrayContaining(['lambdock', 'lambdock.project_default', 'project-lambdock-1', 'c0ffeec0ffee']),
  );
  expect((await find({ hostname: 'emulator', marked: true }))?.id).toBe(id);
});

test("does not take a host with a container's name, or a container of another engine, for its own", async () => {
  expect(await find({ hostname: 'emulator' })).toBeUndefined();
  expect(await find({ hostname: 'unknown', marked: true })).toBeUndefined();
  expect(await find({ mountInfo: dockerMountInfo }, false)).toBeUndefined();
});

describe('paths', () => {
  let own: OwnContainer | undefined;
  beforeAll(async () => {
    own = await find({ mountInfo: dockerMountInfo });
  });

  test.each([
    ['/data/run/s1', '/var/lib/docker/volumes/data/_data/run/s1'],
    ['/data', '/var/lib/docker/volumes/data/_data'],
    ['/project/code/thumbnail', '/home/me/project/code/thumbnail'],
    ['/project/code/other/x', '/home/me/other/x'],
  ])('%s is %s on the host', (path, host) => {
    expect(hostPathOf(path, own)).toBe(host);
  });

  test.each(['/database', '/etc', '/scratch/x'])('%s cannot be seen by the engine', (path) => {
    expect(() => hostPathOf(path, own)).toThrow(/only in lambdock's own container/);
  });

  test('outside a container paths stay the same', () => {
    expect(hostPathOf('/data/run', undefined)).toBe('/data/run');
  });

  test('joins the network that a user created', () => {
    expect(own && userNetworkOf(own)).toBe('project_default');
    expect(
      userNetworkOf({ id, mounts: [], names: [], networks: new Map([['bridge', '172.17.0.2']]) }),
    ).toBeUndefined();
  });
});
