import { waterfall } from '../../../src/cli/laboratory/waterfall';
import { aCold, anEnvironment, aWarm } from '../../support/laboratory/environment-traces';

test('shows each phase of a cold start with a bar, its start and its length', () => {
  expect(waterfall({ invocation: aCold(), environment: anEnvironment() })).toBe(
    `hello $LATEST  11111111-2222-4333-8444-555555555555
success, cold start: first-call, arrived 2026-01-02T03:04:05.000Z
duration 100 ms, init 250 ms, billed 350 ms, memory 40 of 128 MB
environment 2026/01/02/[$LATEST]e1, container abc123, from a container made on demand, code linked

  sandbox       ████████                                        0.0      100 ms
    create      ██████                                          0.0     70.0 ms
    fill              ██                                       70.0     30.0 ms
  cold-delay            ████                                  100.0     50.0 ms  declared, not measured
  runtime-init              ████████████████████              150.0      250 ms
  handler                                       ████████      400.0      100 ms
`,
  );
});

test('shows what the function recorded with X-Ray, indented by what it is a part of', () => {
  const at = aWarm().arrivedAt;
  const segments = [
    { id: 'a', parentId: 'handler', name: 'query\x1b[31m', at: at + 5, durationMs: 10 },
    { id: 'b', parentId: 'a', name: 'inner', at: at + 6, durationMs: 2, isError: true as const },
  ];
  const lines = waterfall({ invocation: { ...aWarm(), segments } }).split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}· query\\e\[31m .*█.* 5\.0 +10\.0 ms$/));
  expect(lines).toContainEqual(expect.stringMatching(/^ {4}· inner .*█.* 6\.0 +2\.0 ms {2}error$/));
});

test('a warm invocation needs no more than its handler', () => {
  const text = waterfall({ invocation: aWarm(), environment: anEnvironment() });
  expect(text).toContain('success, warm, arrived');
  expect(text).not.toContain('made on demand');
  expect(text.split('\n').filter((line) => line.includes('█'))).toHaveLength(1);
});

test('an invocation that was throttled has no phases, and no environment', () => {
  const { environmentId: _, ...rest } = aWarm();
  expect(waterfall({ invocation: { ...rest, status: 'throttled', phases: [] } })).toBe(
    `hello $LATEST  22222222-2222-4333-8444-555555555555
throttled, warm, arrived 2026-01-02T03:04:06.000Z
duration 20.0 ms, billed 20 ms, memory 40 of 128 MB
`,
  );
});

test('a profiled cold start has its most expensive imports below the init of the runtime, in their order', () => {
  const imports = [
    { name: 'numpy', atMs: 100, totalMs: 125 },
    { name: 'json', atMs: 50, totalMs: 25 },
  ];
  const text = waterfall({
    invocation: aCold(),
    environment: anEnvironment(),
    profile: { imports, frames: [] },
  });
  expect(text).toContain(
    `  runtime-init                ████████████████████              150.0      250 ms
    import json                   ██                            200.0     25.0 ms
    import numpy                      ██████████                250.0      125 ms
`,
  );
});
