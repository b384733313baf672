import { replayTimes } from '../../../src/cli/scenario/replay';

const report = (duration: string, init = '') =>
  `REPORT RequestId: 1\tDuration: ${duration} ms\tBilled Duration: 999 ms\tMemory Size: 128 MB\t${init}`;

test('reads ISO times, seconds and milliseconds, in any order', () => {
  expect(replayTimes('2026-01-01T00:00:02Z\n2026-01-01T00:00:00Z\n')).toEqual([0, 2_000]);
  expect(replayTimes('timestamp\n1767225600\n1767225601.5\n')).toEqual([0, 1_500]);
  expect(replayTimes('1767225600000;x\n1767225600250;y\n')).toEqual([0, 250]);
  expect(replayTimes('"2026-01-01T00:00:00Z","a"\n"2026-01-01T00:00:01Z","b"\n')).toEqual([0, 1_000]);
});

test('an invocation of a REPORT line began its duration and init before the line', () => {
  const events = [
    { timestamp: 10_000, message: report('500.00') },
    { timestamp: 10_000, message: report('1000.00', 'Init Duration: 500.00 ms\t') },
    { timestamp: 9_000, message: 'START RequestId: 1' },
  ];
  expect(replayTimes(JSON.stringify({ events }))).toEqual([0, 1_000]);
  expect(replayTimes(JSON.stringify(events))).toEqual([0, 1_000]);
});

test('reads REPORT lines of a text with times in front, and no other lines of it', () => {
  const text = [
    `2026-01-01T00:00:01.000Z ${report('100.00')}`,
    '2026-01-01T00:00:01.100Z END RequestId: 1',
    `2026-01-01T00:00:02.000Z ${report('100.00')}`,
  ].join('\n');
  expect(replayTimes(text)).toEqual([0, 1_000]);
});
