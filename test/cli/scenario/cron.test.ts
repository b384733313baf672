import { cronFields, cronTimes } from '../../../src/cli/scenario/cron';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A Thursday. */
const from = Date.UTC(2026, 0, 1);

test('lists, ranges and steps name minutes', () => {
  expect(cronTimes('0,10-14/2,50 * * * *', from, hour).map((at) => at / minute)).toEqual([0, 10, 12, 14, 50]);
});

test('a weekday, a day of the month, or either where both are named', () => {
  const days = (schedule: string) => cronTimes(schedule, from, 14 * day).map((at) => at / day);
  expect(days('0 0 * * 1')).toEqual([4, 11]);
  expect(days('0 0 3 * *')).toEqual([2]);
  expect(days('0 0 3 * 1')).toEqual([2, 4, 11]);
});

test('begins with the first whole minute', () => {
  expect(cronTimes('* * * * *', from + 30_000, 2 * minute)).toEqual([30_000, 90_000]);
});

test.each(['* * * *', '60 * * * *', '* 24 * * *', '*/0 * * * *', '5-1 * * * *', 'a * * * *', '* * 0 * *'])(
  'refuses %j',
  (text) => {
    expect(cronFields(text)).toBeUndefined();
  },
);
