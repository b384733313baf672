import {
  containerOptions,
  cpuQuota,
  hardMemoryLimit,
  plainMemoryLimit,
} from '../../../src/engine/docker/container-spec';

const spec = {
  id: 'thumbnail-1a2b',
  image: 'lambdock/python3.13:0123456789ab',
  memoryMiB: 128,
  ephemeralStorageMiB: 512,
};
const place = {
  instance: 'home',
  folder: 'f1',
  boot: 'b1',
  initAddress: 'unix:/.lambdock/api.sock',
  runFolder: '/data/run/thumbnail-1a2b',
};

test('the init is the entry point, as the function user, without the image’s own command or health check', () => {
  expect(containerOptions(spec, place)).toMatchObject({
    name: 'lambdock-home-thumbnail-1a2b',
    Image: spec.image,
    Entrypoint: ['/.lambdock/init', 'unix:/.lambdock/api.sock'],
    Cmd: [],
    User: '993:990',
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      'lambdock.instance': 'home',
      'lambdock.boot': 'b1',
      'lambdock.environment': 'thumbnail-1a2b',
    },
  });
});

test('limits are Lambda’s; memory leaves room for a full /tmp, and none for swap', () => {
  const { HostConfig } = containerOptions(spec, place);
  expect(HostConfig).toMatchObject({
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,size=512m,mode=1777' },
    IpcMode: 'none',
    CapDrop: ['ALL'],
    SecurityOpt: expect.arrayContaining(['no-new-privileges']),
    PidsLimit: 1025,
    Ulimits: expect.arrayContaining([{ Name: 'nofile', Soft: 1024, Hard: 1024 }]),
    AutoRemove: true,
  });
  expect(HostConfig?.Memory).toBe((128 + 512 + 16) * 1024 * 1024);
  expect(HostConfig?.MemorySwap).toBe(HostConfig?.Memory);
  expect(HostConfig).not.toHaveProperty('CpuQuota');
  expect(hardMemoryLimit(spec) - plainMemoryLimit(spec)).toBe(512 * 1024 * 1024);
});

test('mounts only the given folders, read-only, whatever characters their names have', () => {
  const mounts = (more: object) => containerOptions(spec, { ...place, ...more }).HostConfig?.Mounts;
  const mount = (source: string, target: string) => ({
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: true,
  });
  const init = mount(place.runFolder, '/.lambdock');
  expect(mounts({})).toEqual([init]);
  expect(mounts({ codeFolder: '/da:ta/c', layersFolder: '/da:ta/l,x' })).toEqual([
    init,
    mount('/da:ta/c', '/var/task'),
    mount('/da:ta/l,x', '/opt'),
  ]);
});

test('the network is the given one, else the default bridge', () => {
  expect(containerOptions(spec, place).HostConfig?.NetworkMode).toBe('bridge');
  expect(containerOptions(spec, { ...place, network: 'none' }).HostConfig?.NetworkMode).toBe('none');
});

test.each([
  [128 / 1769, 2, 1447],
  [1, 2, 20_000],
  [5.79, 2, 40_000],
  [0.01, 2, 1_000],
])('a share of %d vCPUs on %d CPUs is a quota of %d µs in 20 ms', (vcpus, cpus, quota) => {
  expect(cpuQuota(vcpus, cpus)).toEqual({ CpuPeriod: 20_000, CpuQuota: quota });
});
