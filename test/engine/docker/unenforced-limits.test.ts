import { podmanControllers, unenforcedLimits } from '../../../src/engine/docker/unenforced-limits';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

test('names every limit without its cgroup controller, and what to do', () => {
  const info = { MemoryLimit: false, CpuCfsQuota: false, PidsLimit: false };
  expect(unenforcedLimits('Podman 5.4.2', info)).toBe(
    "Podman 5.4.2 cannot limit a function's memory, CPU share and number of processes: " +
      'the cgroup controllers memory, cpu and pids are not available to it. ' +
      "Delegate the controllers to the engine's user, or use an engine that runs as root.",
  );
  expect(unenforcedLimits('Docker 26', { ...info, MemoryLimit: true })).toMatch(
    /a function's CPU share and number of processes: the cgroup controllers cpu and pids are /,
  );
});

test.each([
  ['an engine that enforces all', { MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true }],
  ['an engine that does not say', {}],
])('has no warning about %s', (_title, info) => {
  expect(unenforcedLimits('Docker 26', info)).toBeUndefined();
});

test('the controllers that an engine lists count more than what it says of limits', () => {
  const denying = { CpuCfsQuota: false };
  expect(unenforcedLimits('Podman 5.4.2', denying, ['cpu', 'io', 'memory', 'pids'])).toBeUndefined();
  expect(unenforcedLimits('Podman 5.4.2', {}, ['memory', 'pids'])).toMatch(/a function's CPU share: /);
});

test.each<[string, Parameters<typeof scriptedDockerApi>[0], readonly string[] | undefined]>([
  [
    'lists them',
    { 'GET /v4.0.0/libpod/info': [200, { host: { cgroupControllers: ['memory'] } }] },
    ['memory'],
  ],
  ['has none', { 'GET /v4.0.0/libpod/info': [200, { host: { cgroupControllers: [] } }] }, []],
  ['does not say', { 'GET /v4.0.0/libpod/info': [200, { host: {} }] }, undefined],
  ['refuses', {}, undefined],
])('reads the controllers of a Podman that %s', async (_title, answers, controllers) => {
  await using api = await scriptedDockerApi(answers);
  expect(await podmanControllers(api.docker)).toEqual(controllers);
});
