import type { LogLine } from '../../src/telemetry/log-line';
import { matches, select } from '../../src/telemetry/log-query';

const line = (timeMs: number, functionName: string, text: string, requestId?: string): LogLine => ({
  timeMs,
  functionName,
  functionVersion: '$LATEST',
  logStream: 's',
  text,
  ...(requestId !== undefined && { requestId }),
});

const lines = [
  line(1, 'a', 'INIT_START'),
  line(2, 'a', 'START RequestId: a1 Version: $LATEST', 'a1'),
  line(3, 'a', 'Hello World', 'a1'),
  line(4, 'b', 'START RequestId: b1 Version: $LATEST', 'b1'),
  line(5, 'a', 'START RequestId: a2 Version: $LATEST', 'a2'),
  line(6, 'a', 'hello again', 'a2'),
  line(7, 'b', 'hello', 'b1'),
  { ...line(8, 'lambdock', 'a is ready'), about: 'a' },
];

const times = (query: Parameters<typeof select>[0]) => select(query, lines).map(({ timeMs }) => timeMs);

test('lines are chosen by function, time, text and request', () => {
  expect(times({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(times({ functionName: 'a' })).toEqual([1, 2, 3, 5, 6, 8]);
  expect(times({ sinceMs: 6 })).toEqual([6, 7, 8]);
  expect(times({ contains: 'HELLO', functionName: 'a' })).toEqual([3, 6]);
  expect(times({ requestId: 'a' })).toEqual([2, 3, 5, 6]);
  expect(times({ requestId: 'b1' })).toEqual([4, 7]);
  expect(times({ tail: 2 })).toEqual([7, 8]);
  expect(times({ tail: 0 })).toEqual([]);
});

test('the last invocation is the one with the latest start', () => {
  expect(times({ isLastInvocation: true })).toEqual([5, 6]);
  expect(times({ isLastInvocation: true, functionName: 'b' })).toEqual([4, 7]);
  expect(times({ isLastInvocation: true, functionName: 'b', contains: 'hello' })).toEqual([7]);
  expect(times({ isLastInvocation: true, functionName: 'never' })).toEqual([]);
});

test('a line that comes later is compared alone', () => {
  expect(matches({ functionName: 'a', contains: 'ready' }, line(9, 'a', 'Ready'))).toBe(true);
  expect(matches({ functionName: 'a', contains: 'ready' }, line(9, 'b', 'Ready'))).toBe(false);
});
