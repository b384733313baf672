import { durationMs, durationText, ratePerSecond } from '../../../src/cli/scenario/quantities';

test('reads durations', () => {
  expect(['500ms', '30s', '1.5m', '8h', '1d', '1h 30m'].map(durationMs)).toEqual([
    500, 30_000, 90_000, 28_800_000, 86_400_000, 5_400_000,
  ]);
  expect(['', '5', '1w', '-1s', '1s2'].map(durationMs)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('reads rates', () => {
  expect(['5/s', '30/m', '36 / h', 2.5].map(ratePerSecond)).toEqual([5, 0.5, 0.01, 2.5]);
  expect(['5', '5/d', '-1/s', -1].map(ratePerSecond)).toEqual([undefined, undefined, undefined, undefined]);
});

test('writes durations in their two largest units', () => {
  expect([350, 2_500, 90_000, 28_807_000, 93_600_000].map(durationText)).toEqual([
    '350ms',
    '2s 500ms',
    '1m 30s',
    '8h 7s',
    '1d 2h',
  ]);
});
