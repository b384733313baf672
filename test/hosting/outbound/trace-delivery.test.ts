import { spansOf } from '../../../src/hosting/outbound/otlp-spans';
import { TraceDelivery } from '../../../src/hosting/outbound/trace-delivery';
import type { InvocationTrace } from '../../../src/operator-api/contract';
import { RecordingServer } from '../../support/clients/recording-server';
import { TestClock } from '../../support/fakes/test-clock';

const traceId = 'Root=1-6955b900-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1';

function anInvocation(change: Partial<InvocationTrace> = {}): InvocationTrace {
  return {
    requestId: '1',
    functionName: 'hello',
    version: '$LATEST',
    arrivedAt: 1_000,
    startedAt: 1_100,
    endedAt: 1_105.5,
    freeAt: 1_106,
    status: 'success',
    isCold: true,
    phases: [
      { name: 'runtime-init', at: 1_000, durationMs: 100 },
      { name: 'handler', at: 1_100, durationMs: 5.5 },
      { name: 'response', at: 1_104, durationMs: 1.5, within: 'handler' },
    ],
    memorySize: 128,
    ...change,
  };
}

test('an invocation is a span with one below it for each phase', () => {
  const spans = spansOf(anInvocation(), traceId);
  const [whole, init, handler, response] = spans;
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set(['6955b9000123456789abcdef01234567']));
  expect(whole).toMatchObject({
    name: 'hello',
    kind: 2,
    startTimeUnixNano: '1000000000',
    endTimeUnixNano: '1106000000',
    status: { code: 1 },
    attributes: expect.arrayContaining([
      { key: 'faas.invocation_id', value: { stringValue: '1' } },
      { key: 'faas.coldstart', value: { boolValue: true } },
    ]),
  });
  expect(init).toMatchObject({ name: 'runtime-init', parentSpanId: whole?.spanId });
  expect(handler).toMatchObject({
    spanId: '53995c3f42cd8ad8',
    parentSpanId: whole?.spanId,
    startTimeUnixNano: '1100000000',
    endTimeUnixNano: '1105500000',
  });
  expect(response?.parentSpanId).toBe('53995c3f42cd8ad8');
});

test('one that another span made is below it, and what the function makes as well where tracing is not active', () => {
  const [whole, , handler] = spansOf(anInvocation(), traceId, '53995c3f42cd8ad8');
  expect(whole?.parentSpanId).toBe('53995c3f42cd8ad8');
  expect(handler?.spanId).not.toBe('53995c3f42cd8ad8');
  const [active, , ownHandler] = spansOf(anInvocation(), traceId, '0123456789abcdef');
  expect([active?.parentSpanId, ownHandler?.spanId]).toEqual(['0123456789abcdef', '53995c3f42cd8ad8']);
  expect(spansOf(anInvocation(), traceId, 'none')[0]).not.toHaveProperty('parentSpanId');
});

test('a failed invocation has its error', () => {
  const [span] = spansOf(anInvocation({ status: 'timeout', errorType: 'Sandbox.Timedout' }), traceId);
  expect(span?.status).toEqual({ code: 2, message: 'Sandbox.Timedout' });
});

function opened(endpoint: string) {
  const clock = new TestClock();
  const said: string[] = [];
  const delivery = new TraceDelivery({
    endpoint,
    settings: { region: 'us-east-1', accountId: '000000000000' },
    clock,
    say: (sentence) => void said.push(sentence),
  });
  const add = (requestId: string, functionName = 'hello') =>
    delivery.add({ traceId, trace: () => anInvocation({ requestId, functionName }) });
  return { clock, delivery, said, add };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

test('sends invocations together, by function', async () => {
  await using server = await RecordingServer.start();
  server.json(200, {});
  const { delivery, add } = opened(server.endpoint);
  add('1');
  add('2', 'another');
  add('3');
  await delivery.close();
  expect(server.requests.map(({ method, url }) => [method, url])).toEqual([['POST', '/v1/traces']]);
  const { resourceSpans } = JSON.parse(server.requests[0]?.body ?? '') as Sent;
  expect(
    resourceSpans.map(({ resource, scopeSpans }) => [
      resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue,
      scopeSpans[0]?.spans.length,
    ]),
  ).toEqual([
    ['hello', 8],
    ['another', 4],
  ]);
});

test('keeps what a collector does not take, says so once, and sends it later', async () => {
  await using server = await RecordingServer.start();
  server.json(503, {});
  const { delivery, said, add } = opened(server.endpoint);
  add('1');
  await delivery.send();
  add('2');
  await delivery.send();
  server.json(200, {});
  await delivery.close();
  expect(said).toEqual([expect.stringMatching(/^Cannot send traces to .*: it answered 503/)]);
  expect(server.requests.at(-1)?.body.match(/faas.invocation_id/g)).toHaveLength(2);
});

test('drops the oldest where too many wait, and says how many', async () => {
  await using server = await RecordingServer.start();
  server.json(503, {});
  const { delivery, said, add } = opened(server.endpoint);
  for (let at = 0; at < 10_005; at += 1) add(String(at));
  await delivery.send();
  server.json(200, {});
  await delivery.close();
  expect(said).toContain(`5 traces were dropped while ${server.endpoint} could not be reached.`);
});
