import { costPerMillion, durationCost, priceOf, prices } from '../../../src/cli/tuning/prices';

test('a region without a price of its own has the usual one', () => {
  expect(priceOf('eu-central-1', 'x86_64')).toBe(prices.x86_64.default);
  expect(priceOf('af-south-1', 'x86_64').perGbSecond).toBe(0.0000224);
  expect(priceOf('us-east-1', 'arm64').perGbSecond).toBe(0.0000133334);
});

test('costs grow with memory and time', () => {
  const price = priceOf('us-east-1', 'x86_64');
  expect(durationCost(1_000, 1_024, price)).toBeCloseTo(0.0000166667, 12);
  expect(costPerMillion(1_000, 512, price)).toBeCloseTo(8.53335, 5);
});

test('every price names its source and its date', () => {
  for (const table of Object.values(prices))
    for (const { asOf, source } of Object.values(table)) {
      expect(asOf).toMatch(/^20\d\d/);
      expect(source).not.toBe('');
    }
});
