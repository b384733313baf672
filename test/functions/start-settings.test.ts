import { delayPresets, drawDelayMs, longestDelayMs } from '../../src/functions/start-settings';

/** Evenly spread numbers from 0 to 1, in an order that does not repeat soon. */
function even(): () => number {
  let at = 0;
  return () => {
    at = (at + 0.618033988749895) % 1;
    return at;
  };
}

/** Numbers of a generator with good pairs (mulberry32). */
function seeded(): () => number {
  let state = 7;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function sorted(distribution: Parameters<typeof drawDelayMs>[0], random: () => number): number[] {
  return Array.from({ length: 20_000 }, () => drawDelayMs(distribution, random)).sort((a, b) => a - b);
}

const at = (samples: readonly number[], share: number) =>
  samples[Math.floor(share * samples.length)] ?? Number.NaN;

test('a constant delay is what it says', () => {
  expect(drawDelayMs({ kind: 'constant', ms: 125 }, even())).toBe(125);
});

test('a uniform delay fills its range', () => {
  const samples = sorted({ kind: 'uniform', minMs: 100, maxMs: 300 }, even());
  expect(at(samples, 0)).toBeGreaterThanOrEqual(100);
  expect(samples.at(-1)).toBeLessThan(300);
  expect(at(samples, 0.5)).toBeCloseTo(200, -1);
});

test('a normal delay has its mean and deviation, and is never negative', () => {
  const samples = sorted({ kind: 'normal', meanMs: 250, deviationMs: 50 }, seeded());
  expect(at(samples, 0.5)).toBeCloseTo(250, -1);
  expect(at(samples, 0.8413) - 250).toBeCloseTo(50, -1);
  expect(sorted({ kind: 'normal', meanMs: 0, deviationMs: 50 }, seeded())[0]).toBe(0);
});

test('a lognormal delay has its median and its 99th percentile', () => {
  const samples = sorted({ kind: 'lognormal', medianMs: 200, p99Ms: 900 }, seeded());
  expect(Math.abs(at(samples, 0.5) - 200)).toBeLessThan(5);
  expect(Math.abs(at(samples, 0.99) - 900)).toBeLessThan(60);
});

test('no delay is longer than a minute', () => {
  expect(
    drawDelayMs({ kind: 'normal', meanMs: 60_000, deviationMs: 60_000 }, () => 0.999),
  ).toBeLessThanOrEqual(longestDelayMs);
});

test('the preset of observed cold starts has the published quantiles', () => {
  const samples = sorted(delayPresets['observed-2021'].distribution, seeded());
  expect(Math.abs(at(samples, 0.975) - 700)).toBeLessThan(40);
  expect(Math.abs(at(samples, 0.835) - 400)).toBeLessThan(20);
});

test('every preset names its source', () => {
  for (const { source } of Object.values(delayPresets)) expect(source).toMatch(/[a-z]\.(?:org|com|io)\//);
});
