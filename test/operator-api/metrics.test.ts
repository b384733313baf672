import { FunctionCounters } from '../../src/laboratory/function-counters';
import { InvocationRecording } from '../../src/laboratory/invocation-recording';
import { openMetrics } from '../../src/operator-api/metrics';
import { anInvocationRequest } from '../support/functions/function-versions';

function ended(
  counters: FunctionCounters,
  durationMs: number,
  change: Partial<InvocationRecording> = {},
): void {
  const recording = new InvocationRecording(anInvocationRequest(), 0);
  counters.arrived();
  counters.ended(
    Object.assign(recording, { startedAt: 10, answeredAt: 10 + durationMs, status: 'success', ...change }),
  );
}

const figure = (text: string, name: string) => {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
};

test('has the counts of each function', () => {
  const hello = new FunctionCounters('hello');
  const other = new FunctionCounters('another');
  hello.began();
  ended(hello, 3, { isCold: true });
  ended(hello, 700, { status: 'error' });
  hello.throttles += 2;
  hello.arrived();
  const text = openMetrics([hello, other]);
  const of = (name: string, functionName = 'hello') => figure(text, `${name}{function="${functionName}"}`);
  expect(of('lambdock_invocations_total')).toBe(2);
  expect(of('lambdock_errors_total')).toBe(1);
  expect(of('lambdock_throttles_total')).toBe(2);
  expect(of('lambdock_cold_starts_total')).toBe(1);
  expect(of('lambdock_concurrent_executions')).toBe(1);
  expect(of('lambdock_environments')).toBe(1);
  expect(of('lambdock_invocations_total', 'another')).toBe(0);
});

test('durations are a histogram whose buckets include those below', () => {
  const counters = new FunctionCounters('hello');
  for (const durationMs of [1, 3, 700, 1_000_000]) ended(counters, durationMs);
  const text = openMetrics([counters]);
  const bucket = (bound: string) =>
    figure(text, `lambdock_duration_seconds_bucket{function="hello",le="${bound}"}`);
  expect(['0.001', '0.0025', '0.005', '0.5', '1', '900', '+Inf'].map(bucket)).toEqual([1, 1, 2, 2, 3, 3, 4]);
  expect(figure(text, 'lambdock_duration_seconds_count{function="hello"}')).toBe(4);
  expect(figure(text, 'lambdock_duration_seconds_sum{function="hello"}')).toBe(1_000.704);
});

test('is OpenMetrics: each metric has a type before its values, and the text ends with EOF', () => {
  const text = openMetrics([new FunctionCounters('hello')]);
  expect(text.endsWith('\n# EOF\n')).toBe(true);
  const typed = new Set<string>();
  for (const line of text.split('\n').slice(0, -2)) {
    const [, type] = /^# (?:TYPE|HELP|UNIT) (\S+) /.exec(line) ?? [];
    if (type !== undefined) {
      typed.add(type);
      continue;
    }
    const [, name = ''] =
      /^([a-z_]+?)(?:_total|_bucket|_count|_sum)?\{function="hello"(?:,le="[^"]+")?\} \S+$/.exec(line) ?? [];
    expect(typed).toContain(name);
  }
});
