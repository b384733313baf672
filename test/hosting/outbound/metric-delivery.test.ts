import { type FunctionFigures, MetricDelivery } from '../../../src/hosting/outbound/metric-delivery';
import { RecordingServer } from '../../support/clients/recording-server';
import { TestClock } from '../../support/fakes/test-clock';

/** Figures of a function that a test sets. */
function figuresOf(functionName: string) {
  const figures = {
    functionName,
    invocations: 0,
    errors: 0,
    throttles: 0,
    windowUnderWayMost: 0,
    durations: { count: 0, sumMs: 0, windowLeastMs: 0, windowMostMs: 0 },
    windows: 0,
    beginWindow() {
      figures.windows += 1;
    },
  };
  return figures satisfies FunctionFigures;
}

function opened(server: RecordingServer, all: readonly FunctionFigures[]) {
  const clock = new TestClock();
  const said: string[] = [];
  const delivery = new MetricDelivery({
    endpoint: {
      address: server.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      nowMs: () => clock.now(),
    },
    region: 'us-east-1',
    figures: () => all,
    clock,
    say: (sentence) => void said.push(sentence),
  });
  return { clock, delivery, said };
}

/** The metrics of a request, by name. */
function metricsIn(body: string): Record<string, Record<string, string>> {
  const metrics: Record<string, Record<string, string>> = {};
  const members = new Map<string, Record<string, string>>();
  for (const [key, value] of new URLSearchParams(body)) {
    const [, at, name] = /^MetricData\.member\.(\d+)\.(.+)$/.exec(key) ?? [];
    if (at === undefined || name === undefined) continue;
    members.set(at, { ...members.get(at), [name]: value });
  }
  for (const member of members.values()) metrics[member.MetricName ?? ''] = member;
  return metrics;
}

test('puts the metrics of the last minute, by function', async () => {
  await using server = await RecordingServer.start();
  server.json(200, {});
  const hello = figuresOf('hello');
  const { clock, delivery } = opened(server, [hello, figuresOf('silent')]);
  Object.assign(hello, { invocations: 3, errors: 1, windowUnderWayMost: 2 });
  hello.durations = { count: 3, sumMs: 60, windowLeastMs: 10, windowMostMs: 30 };
  await delivery.send();
  Object.assign(hello, { invocations: 4, throttles: 2 });
  hello.durations = { count: 4, sumMs: 65, windowLeastMs: 5, windowMostMs: 5 };
  clock.advance(60_000);
  await delivery.close();
  expect(server.requests).toHaveLength(2);
  const [first, second] = server.requests.map(({ body }) => metricsIn(body));
  expect(server.requests[0]?.headers.authorization).toContain('/us-east-1/monitoring/aws4_request');
  expect(new URLSearchParams(server.requests[0]?.body).get('Namespace')).toBe('AWS/Lambda');
  expect(first).toMatchObject({
    Invocations: { Value: '3', Unit: 'Count', 'Dimensions.member.1.Value': 'hello' },
    Errors: { Value: '1' },
    Throttles: { Value: '0' },
    ConcurrentExecutions: { Value: '2' },
    Duration: {
      Unit: 'Milliseconds',
      'StatisticValues.SampleCount': '3',
      'StatisticValues.Sum': '60',
      'StatisticValues.Minimum': '10',
      'StatisticValues.Maximum': '30',
    },
  });
  expect(second).toMatchObject({
    Invocations: { Value: '1' },
    Throttles: { Value: '2' },
    Duration: { 'StatisticValues.SampleCount': '1', 'StatisticValues.Sum': '5' },
  });
  expect(hello.windows).toBe(3);
});

test('sends nothing when nothing has happened, and at most 1,000 metrics in a request', async () => {
  await using server = await RecordingServer.start();
  server.json(200, {});
  const all = Array.from({ length: 260 }, (_, at) => figuresOf(`function-${at}`));
  const { delivery } = opened(server, all);
  await delivery.send();
  expect(server.requests).toEqual([]);
  for (const each of all) each.invocations = 1;
  await delivery.close();
  expect(server.requests.map(({ body }) => body.match(/MetricName/g)?.length)).toEqual([1_000, 40]);
});

test('reports a failure once and continues', async () => {
  await using server = await RecordingServer.start();
  server.json(500, { message: 'not now' });
  const hello = figuresOf('hello');
  const { delivery, said } = opened(server, [hello]);
  for (const invocations of [1, 2]) {
    hello.invocations = invocations;
    await delivery.send();
  }
  server.json(200, {});
  hello.invocations = 3;
  await delivery.close();
  expect(said).toEqual([expect.stringMatching(/^Cannot put metrics: monitoring answered 500/)]);
  expect(metricsIn(server.requests.at(-1)?.body ?? '')).toMatchObject({ Invocations: { Value: '1' } });
});
