import { runtimeDoneEvent } from '../../../src/telemetry/platform-events';
import { eventText } from '../../../src/telemetry/subscriptions/event-schema';
import type { Subscription, TelemetryEvent } from '../../../src/telemetry/subscriptions/subscription';

const timeMs = Date.UTC(2025, 0, 2, 3, 4, 5, 6);

function read(
  event: Pick<TelemetryEvent, 'kind' | 'type' | 'record'>,
  api: Subscription['api'],
  schemaVersion: string,
) {
  const text = eventText({ timeMs, ...event }, { api, schemaVersion });
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

const line = (record: string) => ({ kind: 'function', type: 'function', record }) as const;
const platform = (type: string, record: TelemetryEvent['record']) =>
  ({ kind: 'platform', type, record }) as const;

test('a line is a text with its time', () => {
  expect(read(line('he said "hi"'), 'telemetry', '2022-07-01')).toEqual({
    time: '2025-01-02T03:04:05.006Z',
    type: 'function',
    record: 'he said "hi"',
  });
});

test.each([
  ['telemetry', '2022-12-13', { level: 'INFO' }],
  ['telemetry', '2025-01-29', { level: 'INFO' }],
  ['telemetry', '2022-07-01', '{"level":"INFO"}'],
  ['logs', '2021-03-18', '{"level":"INFO"}'],
] as const)('a line that is a JSON object is a record from 2022-12-13 on (%s %s)', (api, version, record) => {
  expect(read(line('{"level":"INFO"}'), api, version)).toMatchObject({ record });
});

test('a line that only looks like JSON stays a text', () => {
  expect(read(line('{no json'), 'telemetry', '2022-12-13')).toMatchObject({ record: '{no json' });
});

test('the Logs API has fewer members, and END and faults, which the Telemetry API has not', () => {
  const done = runtimeDoneEvent({
    requestId: '1',
    status: 'success',
    trace: 'Root=1',
    spans: [],
    durationMs: 1,
    producedBytes: 2,
  });
  expect(read(platform(done.type, done.record), 'logs', '2021-03-18')).toMatchObject({
    record: { requestId: '1', status: 'success' },
  });
  expect(Object.keys(read(platform(done.type, done.record), 'logs', '2021-03-18') ?? {})).toEqual([
    'time',
    'type',
    'record',
  ]);
  expect(read(platform(done.type, done.record), 'logs', '2020-08-15')).toBeUndefined();
  for (const [type, record] of [
    ['platform.end', { requestId: '1' }],
    ['platform.fault', 'RequestId: 1 Error: it failed'],
  ] as const) {
    expect(read(platform(type, record), 'logs', '2020-08-15')).toMatchObject({ type, record });
    expect(read(platform(type, record), 'telemetry', '2022-07-01')).toBeUndefined();
  }
  expect(read(platform('platform.initStart', {}), 'logs', '2021-03-18')).toBeUndefined();
});
