import type { FunctionLogging } from '../../src/aws/logging';
import { systemClock } from '../../src/lib/clock';
import { EnvironmentLog } from '../../src/telemetry/environment-log';
import { Journal } from '../../src/telemetry/journal';
import { endEvent, initRuntimeDoneEvent, startEvent } from '../../src/telemetry/platform-events';
import { PlatformLog } from '../../src/telemetry/platform-log';
import { EnvironmentTelemetry } from '../../src/telemetry/subscriptions/environment-telemetry';

function opened(logging?: Pick<FunctionLogging, 'format' | 'systemLevel'>) {
  const journal = new Journal();
  const log = new EnvironmentLog(journal, {
    functionName: 'hello',
    functionVersion: '$LATEST',
    logStream: 'stream',
  });
  const telemetry = new EnvironmentTelemetry(systemClock, () => Promise.reject(new Error('none')));
  telemetry.initEnded();
  return {
    platform: new PlatformLog(log, telemetry, logging),
    lines: () => journal.lines().map(({ text }) => text),
  };
}

const done = () =>
  initRuntimeDoneEvent({ initializationType: 'on-demand', phase: 'init', status: 'success' });

function write(platform: PlatformLog): void {
  const make = jest.fn(() => startEvent('1', '$LATEST', 'Root=1'));
  platform.write(0, make, () => 'START RequestId: 1');
  platform.write(0, done);
  platform.write(
    0,
    () => endEvent('1'),
    () => 'END RequestId: 1',
  );
}

test('a log in text has lines, and no event is made', () => {
  const { platform, lines } = opened();
  const make = jest.fn(done);
  platform.write(0, make);
  write(platform);
  expect(lines()).toEqual(['START RequestId: 1', 'END RequestId: 1']);
  expect(make).not.toHaveBeenCalled();
});

test.each([
  ['DEBUG', ['platform.start', 'platform.initRuntimeDone']],
  ['INFO', ['platform.start']],
  ['WARN', []],
] as const)('a log in JSON at %s has %j', (systemLevel, types) => {
  const { platform, lines } = opened({ format: 'JSON', systemLevel });
  write(platform);
  expect(lines().map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(types);
});

test('an event in JSON has time, type and record', () => {
  const { platform, lines } = opened({ format: 'JSON', systemLevel: 'INFO' });
  write(platform);
  expect(lines()).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","type":"platform.start","record":' +
      '{"requestId":"1","version":"$LATEST","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1"}}}',
  ]);
});
