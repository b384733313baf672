import type { RequestResult, RunResult } from '../../../src/cli/scenario/scenario';

const request = (changes: Partial<RequestResult>): RequestResult => ({
  functionName: 'a',
  phase: 0,
  atMs: 0,
  status: 'success',
  latencyMs: 10,
  isCold: false,
  ...changes,
});

/** Of `a`: latencies 10 to 90 ms, two cold, an error, and one throttled; of `b` one request. */
export function aRun(changes: Partial<RunResult> = {}): RunResult {
  return {
    scenario: 'night',
    seed: 1,
    speed: 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    virtualMs: 28_800_000,
    tookMs: 2_500,
    requests: [
      ...[10, 20, 30, 40, 50, 60, 70].map((latencyMs) => request({ latencyMs, durationMs: latencyMs })),
      request({ latencyMs: 80, isCold: true, cause: 'first-call', initDurationMs: 100, status: 'error' }),
      request({ latencyMs: 90, isCold: true, cause: 'idle-expiry', initDurationMs: 200 }),
      request({ status: 'throttled', latencyMs: 1 }),
      request({ functionName: 'b' }),
    ],
    environmentsMost: { a: 3, b: 1 },
    assertions: [
      { text: 'no throttles', passed: false, actual: '1' },
      { text: 'a: p95 < 200 ms', functionName: 'a', passed: true, actual: '90 ms' },
    ],
    ...changes,
  };
}
