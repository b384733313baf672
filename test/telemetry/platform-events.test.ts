import {
  extensionEvent,
  initReportEvent,
  initRuntimeDoneEvent,
  initStartEvent,
  reportEvent,
  runtimeDoneEvent,
  startEvent,
  subscriptionEvent,
} from '../../src/telemetry/platform-events';

const trace = 'Root=1-5f35ae12-0c0fec141ab77a00bc047aa2;Parent=54565fb41ac79632;Sampled=1';
const tracing = { spanId: '54565fb41ac79632', type: 'X-Amzn-Trace-Id', value: trace };

test('init events have type, phase and function', () => {
  const init = { initializationType: 'on-demand', phase: 'init' } as const;
  expect(
    initStartEvent({
      ...init,
      functionName: 'hello',
      functionVersion: '$LATEST',
      logStream: 'stream',
      memorySizeMB: 128,
      runtime: { name: 'python:3.13.v1', versionArn: 'arn' },
    }),
  ).toEqual({
    type: 'platform.initStart',
    level: 'INFO',
    record: {
      ...init,
      runtimeVersion: 'python:3.13.v1',
      runtimeVersionArn: 'arn',
      functionName: 'hello',
      functionVersion: '$LATEST',
      instanceId: 'stream',
      instanceMaxMemory: 134_217_728,
    },
  });
  expect(initRuntimeDoneEvent({ ...init, status: 'error', errorType: 'Runtime.ExitError' })).toEqual({
    type: 'platform.initRuntimeDone',
    level: 'WARN',
    record: { ...init, status: 'error', errorType: 'Runtime.ExitError' },
  });
  expect(initReportEvent({ ...init, status: 'success', durationMs: 1.23456 })).toEqual({
    type: 'platform.initReport',
    level: 'DEBUG',
    record: { ...init, status: 'success', metrics: { durationMs: 1.235 } },
  });
});

test.each([
  ['on-demand', 'success', 'DEBUG'],
  ['provisioned-concurrency', 'success', 'INFO'],
  ['on-demand', 'timeout', 'WARN'],
])('the level of an init report of %s with %s is %s', (initializationType, status, level) => {
  expect(initReportEvent({ initializationType, phase: 'init', status, durationMs: 1 }).level).toBe(level);
});

test('a start has the request, the version and the trace', () => {
  expect(startEvent('1', '$LATEST', trace)).toEqual({
    type: 'platform.start',
    level: 'INFO',
    record: { requestId: '1', version: '$LATEST', tracing },
  });
});

test('the end of the runtime has metrics and spans', () => {
  const startMs = Date.UTC(2025, 0, 1);
  expect(
    runtimeDoneEvent({
      requestId: '1',
      status: 'success',
      trace,
      durationMs: 12,
      producedBytes: 34,
      spans: [{ name: 'responseLatency', startMs, durationMs: 10 }],
    }).record,
  ).toEqual({
    requestId: '1',
    status: 'success',
    metrics: { durationMs: 12, producedBytes: 34 },
    spans: [{ name: 'responseLatency', start: '2025-01-01T00:00:00.000Z', durationMs: 10 }],
    tracing,
  });
});

test('a report bills init and invocation together', () => {
  const { level, record } = reportEvent({
    requestId: '1',
    status: 'timeout',
    errorType: 'Sandbox.Timedout',
    trace,
    spans: [],
    durationMs: 10.5,
    initDurationMs: 100.1,
    memorySizeMB: 128,
    maxMemoryUsedMB: 30,
  });
  expect(level).toBe('WARN');
  expect(record).toEqual({
    requestId: '1',
    status: 'timeout',
    errorType: 'Sandbox.Timedout',
    metrics: {
      durationMs: 10.5,
      billedDurationMs: 111,
      memorySizeMB: 128,
      maxMemoryUsedMB: 30,
      initDurationMs: 100.1,
    },
    tracing,
  });
});

test('extensions and subscriptions have their state', () => {
  expect(extensionEvent({ name: 'a', state: 'Ready', events: ['INVOKE'] })).toEqual({
    type: 'platform.extension',
    level: 'INFO',
    record: { name: 'a', state: 'Ready', events: ['INVOKE'] },
  });
  expect(subscriptionEvent({ api: 'logs', name: 'a', types: ['platform'] })).toEqual({
    type: 'platform.logsSubscription',
    level: 'INFO',
    record: { name: 'a', state: 'Subscribed', types: ['platform'] },
  });
});
