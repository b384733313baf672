import { quantile } from '../../src/lib/statistics';

test('a quantile is the smallest sample that the share does not exceed', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(samples, 0.5)).toBe(50);
  expect(quantile(samples, 0.95)).toBe(95);
  expect(quantile(samples, 1)).toBe(100);
  expect(quantile(samples, 0)).toBe(1);
  expect(quantile([7], 0.95)).toBe(7);
});

test('a quantile without samples is undefined', () => {
  expect(quantile([], 0.5)).toBeUndefined();
});
