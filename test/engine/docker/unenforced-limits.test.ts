import { unenforcedLimits } from '../../../src/engine/docker/unenforced-limits';

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
