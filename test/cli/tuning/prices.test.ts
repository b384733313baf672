import { costPerMillion, durationCost, priceOf } from '../../../src/cli/tuning/prices';

test('a region without a price of its own has the usual one', () => {
  expect(priceOf('eu-central-1', 'x86_64')).toEqual(priceOf('us-east-1', 'x86_64'));
  expect(priceOf('us-east-1', 'x86_64')).toMatchObject({
    perGbSecond: 0.0000166667,
    perMillionRequests: 0.2,
  });
  expect(priceOf('us-east-1', 'arm64').perGbSecond).toBe(0.0000133334);
});

test('regions differ in the price of time, of requests, and of arm64', () => {
  expect(priceOf('af-south-1', 'x86_64')).toMatchObject({ perGbSecond: 0.0000221, perMillionRequests: 0.27 });
  expect(priceOf('eu-south-1', 'arm64')).toMatchObject({
    perGbSecond: 0.0000156138,
    perMillionRequests: 0.23,
  });
});

test('costs grow with memory and time', () => {
  const price = priceOf('us-east-1', 'x86_64');
  expect(durationCost(1_000, 1_024, price)).toBeCloseTo(0.0000166667, 12);
  expect(costPerMillion(1_000, 512, price)).toBeCloseTo(8.53335, 5);
});

test.each(['us-east-1', 'af-south-1', 'me-south-1', 'nowhere-1'])(
  'the price of %s names its source and its date, and arm64 costs less',
  (region) => {
    const [x86, arm] = [priceOf(region, 'x86_64'), priceOf(region, 'arm64')];
    expect(x86.asOf).toMatch(/^20\d\d/);
    expect(x86.source).not.toBe('');
    expect(arm.perGbSecond).toBeLessThan(x86.perGbSecond);
  },
);
