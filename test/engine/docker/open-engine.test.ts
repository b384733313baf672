import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DockerEngineOptions, openDockerEngine } from '../../../src/engine/docker/open-engine';
import { systemClock } from '../../../src/lib/clock';
import { type Answers, scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const info = {
  Architecture: 'aarch64',
  NCPU: 4,
  MemTotal: 8 * 1024 ** 3,
  CgroupVersion: '2',
  OperatingSystem: 'Debian GNU/Linux 12',
};
const docker: Answers = { 'GET /info': [200, info], 'GET /version': [200, { Version: '28.2.2' }] };

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'data-'));
});
afterEach(() => rm(dataFolder, { recursive: true }));

async function open(answers: Answers, change: Partial<DockerEngineOptions> = {}) {
  const api = await scriptedDockerApi(answers);
  const opened = openDockerEngine(
    {
      address: api.socketPath,
      platform: 'linux',
      instance: 'test',
      boot: 'now',
      dataFolder,
      hostname: 'here',
      clock: systemClock,
      transport: 'auto',
      report: () => undefined,
      warn: () => undefined,
      ...change,
    },
    () => ({
      initBinary: async () => '/nowhere/init',
      runtimeImage: () => Promise.reject(new Error('not asked for')),
      functionImage: () => Promise.reject(new Error('not asked for')),
      imageId: () => Promise.reject(new Error('not asked for')),
      volumesOf: () => [],
      buildImage: () => Promise.reject(new Error('not asked for')),
      buildLayer: () => Promise.reject(new Error('not asked for')),
    }),
  );
  // The server ends when the test has what it wants of the engine.
  return { api, opened };
}

test("describes the engine in Lambda's words", async () => {
  const { api, opened } = await open(docker);
  await using _ = api;
  const engine = await opened;
  expect(await engine.describe()).toEqual({
    name: 'Docker 28.2.2',
    slots: true,
    architecture: 'arm64',
    cpus: 4,
    memoryMiB: 8_192,
    cgroupVersion: 2,
    ownNames: ['here'],
  });
  await engine.close();
});

test('Podman is called Podman', async () => {
  const version = { Version: '5.4.2', Components: [{ Name: 'Podman Engine', Version: '5.4.2' }] };
  const { api, opened } = await open({ ...docker, 'GET /version': [200, version] });
  await using _ = api;
  const engine = await opened;
  expect((await engine.describe()).name).toBe('Podman 5.4.2');
  await engine.close();
});

test('warns once at the start about limits that the engine cannot enforce', async () => {
  const warnings: string[] = [];
  const { api, opened } = await open(
    { ...docker, 'GET /info': [200, { ...info, MemoryLimit: true, CpuCfsQuota: false }] },
    { warn: (sentence) => warnings.push(sentence) },
  );
  await using _ = api;
  await (await opened).close();
  expect(warnings).toEqual([
    "Docker 28.2.2 cannot limit a function's CPU share: the cgroup controller cpu is not available to it. " +
      "Delegate the controller to the engine's user, or use an engine that runs as root.",
  ]);
});

test('believes the controllers that Podman lists, not what it says of limits in the form of Docker', async () => {
  const warnings: string[] = [];
  const version = { Version: '5.4.2', Components: [{ Name: 'Podman Engine', Version: '5.4.2' }] };
  const { api, opened } = await open(
    {
      'GET /info': [200, { ...info, CpuCfsQuota: false }],
      'GET /version': [200, version],
      'GET /v4.0.0/libpod/info': [200, { host: { cgroupControllers: ['cpu', 'memory', 'pids'] } }],
    },
    { warn: (sentence) => warnings.push(sentence) },
  );
  await using _ = api;
  await (await opened).close();
  expect(warnings).toEqual([]);
});

test.each<[string, Answers, Partial<DockerEngineOptions>, RegExp]>([
  [
    'a network that is not there',
    docker,
    { network: 'porject' },
    /find the network porject.*`docker network ls`/,
  ],
  ['an instance name that is no name', docker, { instance: 'a b' }, /got "a b"/],
  [
    'an architecture that Lambda does not have',
    { ...docker, 'GET /info': [200, { ...info, Architecture: 'riscv64' }] },
    {},
    /riscv64, which Lambda does not support/,
  ],
])('reports %s at once', async (_title, answers, change, message) => {
  const { api, opened } = await open(answers, change);
  await using _ = api;
  await expect(opened).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(message) });
});

test('a sweep removes what dead boots left, and nothing of lambdocks that may live', async () => {
  const container = (Id: string, Labels: Record<string, string>, more: object = {}) => ({
    Id,
    Labels: { 'lambdock.instance': 'test', ...Labels },
    State: 'running',
    Created: Date.now() / 1_000,
    ...more,
  });
  const longAgo = { State: 'created', Created: Date.now() / 1_000 - 3_600 };
  const elsewhere = { 'lambdock.boot': 'other', 'lambdock.folder': 'other', 'lambdock.environment': 'e' };
  const { api, opened } = await open({
    ...docker,
    'GET /containers/json': [
      200,
      [
        container('old', { 'lambdock.boot': 'before', 'lambdock.environment': 'e1' }),
        container('own', { 'lambdock.boot': 'now', 'lambdock.environment': 'e2' }),
        container('beside', { 'lambdock.boot': 'living', 'lambdock.environment': 'e3' }),
        container('build', {}),
        container('of another data folder', elsewhere),
        container('of another data folder, being made', elsewhere, { State: 'created' }),
        container('unstarted', elsewhere, longAgo),
        container('unstarted2', { ...elsewhere, 'lambdock.instance': 'another' }, longAgo),
        container('of another instance', { ...elsewhere, 'lambdock.instance': 'another' }),
        container('built elsewhere', { 'lambdock.instance': 'another' }, longAgo),
      ],
    ],
    'GET /volumes': [
      200,
      {
        Volumes: [
          { Name: 'v-old', Labels: { 'lambdock.instance': 'test', 'lambdock.boot': 'before' } },
          { Name: 'v-own', Labels: { 'lambdock.instance': 'test', 'lambdock.boot': 'now' } },
          { Name: 'v-living', Labels: { 'lambdock.instance': 'test', 'lambdock.boot': 'living' } },
          { Name: 'v-elsewhere', Labels: { 'lambdock.instance': 'test', ...elsewhere } },
        ],
      },
    ],
    'GET /networks': [
      200,
      [
        { Id: 'n-unused', Created: new Date(Date.now() - 3_600_000).toISOString() },
        { Id: 'n-used', Created: new Date(Date.now() - 3_600_000).toISOString() },
        { Id: 'n-new', Created: new Date().toISOString() },
      ],
    ],
    'DELETE /networks/n-unused': [204, undefined],
    'DELETE /networks/n-used': [403, { message: 'network has active endpoints' }],
    'DELETE /volumes/v-old': [204, undefined],
    'DELETE /volumes/v-own': [204, undefined],
    'DELETE /containers/unstarted': [204, undefined],
    'DELETE /containers/unstarted2': [204, undefined],
    'DELETE /containers/old': [204, undefined],
    'DELETE /containers/build': [204, undefined],
  });
  await using _ = api;
  const engine = await opened;
  for (const boot of ['before', 'living'])
    await mkdir(join(dataFolder, 'run', boot, 'e'), { recursive: true });
  const living = () => {
    // Who begins from now on is not asked about, and nothing of it is touched.
    mkdirSync(join(dataFolder, 'run', 'later'));
    return new Set(['living']);
  };
  expect(await engine.sweep(living)).toBe(3);
  const deleted = () =>
    api.requests.filter((each) => each.startsWith('DELETE')).map((each) => each.split(/[/?]/)[2]);
  const first = ['old', 'build', 'unstarted', 'unstarted2', 'v-old', 'n-unused', 'n-used'];
  expect(deleted()).toEqual(first);
  expect((await readdir(join(dataFolder, 'run'))).sort()).toEqual(['later', 'living', 'now']);
  await engine.close();
  expect(deleted()).toEqual([...first, 'v-own']);
  expect((await readdir(join(dataFolder, 'run'))).sort()).toEqual(['later', 'living']);
});
