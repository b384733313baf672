import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let folders: TemporaryFolder;

const code = `
import json, sys

print('loading')

def handler(event, context):
    if event.get('fail'):
        raise ValueError('it failed')
    if event.get('flood'):
        for number in range(event['flood']):
            print(f'{number:06} ' + 'x' * 200)
        return None
    print(json.dumps({'level': 'INFO', 'message': 'hello'}))
    try:
        with open('/tmp/telemetry') as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []
`;

interface Recorded {
  readonly time: string;
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>> & string;
}

const telemetry = {
  api: '2022-07-01/telemetry',
  schemaVersion: '2022-12-13',
  types: ['platform', 'function', 'extension'],
  buffering: { timeoutMs: 25 },
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243' },
};
const logs = {
  api: '2020-08-15/logs',
  schemaVersion: '2021-03-18',
  types: ['platform', 'function'],
  buffering: { timeoutMs: 25 },
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243' },
};

beforeAll(async () => {
  folders = await TemporaryFolder.make();
  await mkdir(join(folders.path, 'code'));
  await writeFile(join(folders.path, 'code/app.py'), code);
  const subscribing = (subscription: object) => ({
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folders.path, 'code'),
    layers: [functionsFolder('layers/telemetry')],
    memorySize: 1_024,
    timeout: 30,
    environment: { SUBSCRIPTION: JSON.stringify(subscription) },
  });
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      'telemetry-http': subscribing(telemetry),
      'telemetry-tcp': subscribing({
        ...telemetry,
        schemaVersion: '2022-07-01',
        destination: { protocol: 'TCP', URI: 'tcp://sandbox.localdomain:4243' },
      }),
      'logs-http': subscribing(logs),
      'logs-tcp': subscribing({ ...logs, destination: { protocol: 'TCP', port: 4_243 } }),
      'platform-only': subscribing({ ...telemetry, types: ['platform'] }),
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folders?.[Symbol.asyncDispose]();
});

/** Invokes until what an earlier invocation brought is with the extension, up to its report. */
async function recorded(name: string, requestId: string): Promise<readonly Recorded[]> {
  for (;;) {
    const events = (await app.invoke(name, {})).payload as Recorded[];
    const isReported = ({ type, record }: Recorded) =>
      type === 'platform.report' && record.requestId === requestId;
    if (events.some(isReported)) return events;
  }
}

/** The records of a type, those of an invocation where they name one. */
const recordsOf = (events: readonly Recorded[], type: string, requestId?: string) =>
  events
    .filter((event) => event.type === type)
    .map(({ record }) => record)
    .filter((record) => requestId === undefined || record.requestId === requestId);

test.each(['telemetry-http', 'telemetry-tcp'])(
  'the Telemetry API delivers init, invocation and lines to an extension (%s)',
  async (name) => {
    const { requestId } = await app.invoke(name, {});
    const events = await recorded(name, requestId);
    const init = { initializationType: 'on-demand', phase: 'init' };
    expect(events[0]).toMatchObject({
      type: 'platform.initStart',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      record: { ...init, functionName: name, functionVersion: '$LATEST', runtimeVersion: 'python:3.13.v1' },
    });
    const types = events.map(({ type }) => type);
    const inOrder = [
      'platform.initStart',
      'platform.telemetrySubscription',
      'platform.initRuntimeDone',
      'platform.initReport',
      'platform.start',
      'platform.runtimeDone',
      'platform.report',
    ];
    expect(types.filter((type, at) => inOrder.includes(type) && types.indexOf(type) === at)).toEqual(inOrder);
    expect(types).not.toContain('platform.end');
    expect(recordsOf(events, 'platform.initRuntimeDone')).toEqual([{ ...init, status: 'success' }]);
    expect(recordsOf(events, 'platform.telemetrySubscription')).toEqual([
      { name: 'recorder', state: 'Subscribed', types: ['platform', 'function', 'extension'] },
    ]);
    expect(recordsOf(events, 'platform.extension')).toEqual([
      { name: 'recorder', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'] },
    ]);
    const tracing = {
      type: 'X-Amzn-Trace-Id',
      value: expect.stringMatching(/^Root=1-/),
      spanId: expect.any(String),
    };
    expect(recordsOf(events, 'platform.start', requestId)).toEqual([
      { requestId, version: '$LATEST', tracing },
    ]);
    const span = (spanName: string) => ({
      name: spanName,
      start: expect.any(String),
      durationMs: expect.any(Number),
    });
    expect(recordsOf(events, 'platform.runtimeDone', requestId)).toEqual([
      {
        requestId,
        status: 'success',
        metrics: { durationMs: expect.any(Number), producedBytes: expect.any(Number) },
        spans: [span('responseLatency'), span('responseDuration'), span('runtimeOverhead')],
        tracing,
      },
    ]);
    expect(recordsOf(events, 'platform.report', requestId)).toEqual([
      {
        requestId,
        status: 'success',
        metrics: {
          durationMs: expect.any(Number),
          billedDurationMs: expect.any(Number),
          memorySizeMB: 1_024,
          maxMemoryUsedMB: expect.any(Number),
          initDurationMs: expect.any(Number),
        },
        spans: [span('extensionOverhead')],
        tracing,
      },
    ]);
    expect(recordsOf(events, 'function')).toEqual(
      expect.arrayContaining([
        'loading',
        name === 'telemetry-http'
          ? { level: 'INFO', message: 'hello' }
          : '{"level": "INFO", "message": "hello"}',
      ]),
    );
    expect(recordsOf(events, 'extension')).toContain('subscribed: OK');
  },
);

test.each(['logs-http', 'logs-tcp'])('the Logs API delivers its own schema (%s)', async (name) => {
  const { requestId } = await app.invoke(name, {});
  const events = await recorded(name, requestId);
  expect(recordsOf(events, 'platform.start', requestId)).toEqual([{ requestId, version: '$LATEST' }]);
  expect(recordsOf(events, 'platform.runtimeDone', requestId)).toEqual([{ requestId, status: 'success' }]);
  expect(recordsOf(events, 'platform.end', requestId)).toEqual([{ requestId }]);
  expect(recordsOf(events, 'platform.report', requestId)).toEqual([
    { requestId, metrics: expect.objectContaining({ memorySizeMB: 1_024 }) },
  ]);
  expect(recordsOf(events, 'platform.logsSubscription')).toEqual([
    { name: 'recorder', state: 'Subscribed', types: ['platform', 'function'] },
  ]);
  expect(recordsOf(events, 'function')).toContain('{"level": "INFO", "message": "hello"}');
  const types = new Set(events.map(({ type }) => type));
  for (const type of ['platform.initStart', 'extension']) expect(types).not.toContain(type);
});

test('a subscription to platform events has no lines, and an error of the function has its type', async () => {
  const { requestId, functionError } = await app.invoke('platform-only', { fail: true });
  expect(functionError).toBe('Unhandled');
  const events = await recorded('platform-only', requestId);
  expect(events.filter(({ type }) => !type.startsWith('platform.'))).toEqual([]);
  for (const type of ['platform.runtimeDone', 'platform.report'])
    expect(recordsOf(events, type, requestId)).toEqual([
      expect.objectContaining({ status: 'error', errorType: 'ValueError' }),
    ]);
});

test('the log has a line for each subscription', async () => {
  await app.invoke('telemetry-http', {});
  await app.invoke('logs-http', {});
  const line = async (name: string) =>
    (await app.log(name)).map(({ text }) => text).find((text) => text.includes('State: Subscribed'));
  expect(await line('telemetry-http')).toBe(
    'TELEMETRY\tName: recorder\tState: Subscribed\tTypes: [Platform, Function, Extension]',
  );
  expect(await line('logs-http')).toBe(
    'LOGS\tName: recorder\tState: Subscribed\tTypes: [Platform, Function]',
  );
});

test('every line of a flood is delivered or counted as dropped', async () => {
  const flood = 20_000;
  const { requestId } = await app.invoke('telemetry-http', { flood });
  const events = await recorded('telemetry-http', requestId);
  const got = recordsOf(events, 'function').filter((record) => /^\d{6} x+$/.test(String(record))).length;
  const dropped = recordsOf(events, 'platform.logsDropped').reduce(
    (sum, { droppedRecords }) => sum + Number(droppedRecords),
    0,
  );
  expect(got).toBeGreaterThan(0);
  expect(got + dropped).toBeGreaterThanOrEqual(flood);
});
