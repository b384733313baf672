import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Load, Phase, Scenario } from '../../../src/cli/scenario/scenario';
import { scheduleOf } from '../../../src/cli/scenario/schedule';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const loads = (...all: Load[]): Phase => ({
  kind: 'loads',
  loads: all.map((load) => ({ functionName: 'a', event: {}, load })),
});

const scenario = (phases: readonly Phase[], seed = 1): Scenario => ({
  name: 's',
  seed,
  phases,
  assertions: [],
});
const times = (phases: readonly Phase[], seed?: number) =>
  scheduleOf(scenario(phases, seed)).requests.map(({ atMs }) => atMs);

test('a constant load is evenly spaced', () => {
  expect(times([loads({ kind: 'constant', rate: 4, forMs: 1_000 })])).toEqual([0, 250, 500, 750]);
});

test('phases follow one another, and an idle one has no requests', () => {
  const constant = loads({ kind: 'constant', rate: 1, forMs: 2_000 });
  const { requests, phaseStarts } = scheduleOf(
    scenario([constant, { kind: 'idle', forMs: 60_000 }, constant]),
  );
  expect(requests.map(({ atMs, phase }) => [atMs, phase])).toEqual([
    [0, 0],
    [1_000, 0],
    [62_000, 2],
    [63_000, 2],
  ]);
  expect(phaseStarts).toEqual([0, 2_000, 62_000, 64_000]);
});

test('a ramp has as many requests as its mean rate, and more of them where the rate is higher', () => {
  const found = times([loads({ kind: 'ramp', from: 0, to: 20, forMs: 10_000 })]);
  expect(found).toHaveLength(100);
  expect(found.filter((at) => at < 5_000)).toHaveLength(25);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  const falling = times([loads({ kind: 'ramp', from: 20, to: 0, forMs: 10_000 })]);
  expect(falling.filter((at) => at < 5_000)).toHaveLength(75);
});

test('a burst lies within its time; without one it comes at once', () => {
  const found = times([loads({ kind: 'burst', requests: 50, withinMs: 200 })]);
  expect(found).toHaveLength(50);
  expect(found.every((at) => at >= 0 && at < 200)).toBe(true);
  expect(times([loads({ kind: 'burst', requests: 3, withinMs: 0 })])).toEqual([0, 0, 0]);
});

test('a Poisson load has its mean rate, and gaps that vary as much as they are long', () => {
  const found = times([loads({ kind: 'poisson', rate: 50, forMs: 100_000 })]);
  expect(Math.abs(found.length - 5_000)).toBeLessThan(300);
  const gaps = found.slice(1).map((at, index) => at - (found[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(deviation / mean).toBeGreaterThan(0.9);
  expect(deviation / mean).toBeLessThan(1.1);
});

test('the same seed gives the same times, another seed others', () => {
  const phases = [
    loads({ kind: 'poisson', rate: 10, forMs: 5_000 }, { kind: 'burst', requests: 9, withinMs: 100 }),
  ];
  expect(times(phases, 5)).toEqual(times(phases, 5));
  expect(times(phases, 6)).not.toEqual(times(phases, 5));
});

test('a load that is added leaves the times of those before it as they are', () => {
  const poisson: Load = { kind: 'poisson', rate: 10, forMs: 5_000 };
  const alone = times([loads(poisson)]);
  const together = times([loads(poisson, { kind: 'burst', requests: 2, withinMs: 10 })]);
  expect(together).toEqual(expect.arrayContaining(alone));
});

test('a schedule is due in the scenario`s own time, which begins at midnight', () => {
  expect(times([loads({ kind: 'cron', schedule: '*/20 * * * *', forMs: 3_600_000 })])).toEqual([
    0, 1_200_000, 2_400_000,
  ]);
  expect(
    times([
      { kind: 'idle', forMs: 7_200_000 },
      loads({ kind: 'cron', schedule: '30 2 * * *', forMs: 3_600_000 }),
    ]),
  ).toEqual([9_000_000]);
});

test('a replay has the distances of its file', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'times.csv');
  writeFileSync(file, 'time,other\n2026-01-01T10:00:00Z,1\n2026-01-01T10:00:01.5Z,2\n');
  expect(times([loads({ kind: 'replay', file })])).toEqual([0, 1_500]);
  writeFileSync(file, 'nothing\n');
  expect(() => times([loads({ kind: 'replay', file })])).toThrow(/has no times to replay/);
});

test('refuses more requests than a run can have', () => {
  expect(() => times([loads({ kind: 'constant', rate: 1_000_000, forMs: 3_600_000 })])).toThrow(
    /more than 200000 requests/,
  );
});
