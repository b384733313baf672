import { analysed, type Measured, ranking, reportIn, trimmedMean } from '../../../src/cli/tuning/analysis';
import { priceOf } from '../../../src/cli/tuning/prices';

const price = priceOf('us-east-1', 'x86_64');

const measured = (memorySize: number, durationMs: number, errors = 0): Measured => ({
  memorySize,
  warm:
    errors > 0
      ? []
      : Array.from({ length: 5 }, () => ({ durationMs, billedMs: Math.ceil(durationMs), memoryUsedMiB: 40 })),
  cold: [],
  errors,
});

const ranked = (...all: Measured[]) => ranking(all.map((each) => analysed(each, price)));

test('a function that waits is cheapest at the least memory', () => {
  expect(ranked(measured(128, 200), measured(512, 200), measured(1_769, 200))).toEqual({
    cheapest: 128,
    fastest: 128,
    balanced: 128,
  });
});

test('a function that computes is fastest at the most memory', () => {
  const found = ranked(measured(128, 1_400), measured(512, 340), measured(1_769, 100));
  expect(found?.fastest).toBe(1_769);
  expect(found?.balanced).toBe(1_769);
});

test('a size at which it fails does not count', () => {
  expect(ranked(measured(128, 1, 3), measured(512, 300), measured(1_024, 290))?.cheapest).toBe(512);
  expect(ranked(measured(128, 1, 3))).toBeUndefined();
});

test('the mean leaves out the highest and lowest fifth', () => {
  expect(trimmedMean([1, 10, 10, 10, 1_000])).toBe(10);
  expect(trimmedMean([4])).toBe(4);
});

test('costs have the price of requests in them', () => {
  const size = analysed(measured(1_024, 100), price);
  expect(size.warm?.costPerMillion).toBeCloseTo(0.1 * 1 * 16.6667 + 0.2, 3);
  expect(size).toMatchObject({ memoryUsedMiB: 40, errors: 0, warm: { runs: 5, p95Ms: 100, billedMs: 100 } });
});

test('reads the figures of a REPORT line', () => {
  const log =
    'START RequestId: 1 Version: $LATEST\nEND RequestId: 1\n' +
    'REPORT RequestId: 1\tDuration: 12.34 ms\tBilled Duration: 113 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tInit Duration: 100.50 ms\t\n';
  expect(reportIn(log)).toEqual({
    durationMs: 12.34,
    billedMs: 113,
    initDurationMs: 100.5,
    memoryUsedMiB: 40,
  });
  expect(reportIn('END RequestId: 1')).toBeUndefined();
});
