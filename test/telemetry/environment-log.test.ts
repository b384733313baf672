import { EnvironmentLog, newLogStreamName } from '../../src/telemetry/environment-log';
import { Journal } from '../../src/telemetry/journal';
import type { LogLine } from '../../src/telemetry/log-line';

function opened(): { log: EnvironmentLog; lines: LogLine[] } {
  const journal = new Journal();
  const lines: LogLine[] = [];
  journal.follow((line) => lines.push(line));
  const where = { functionName: 'hello', functionVersion: '$LATEST', logStream: 'stream' };
  return { log: new EnvironmentLog(journal, where), lines };
}

test('output becomes events, each with the request during which it came', () => {
  const { log, lines } = opened();
  log.output('runtime', 'stdout', Buffer.from('loading\n'), 1_000);
  log.beginRequest('one', false);
  log.output('runtime', 'stdout', Buffer.from('first\nsec'), 1_000);
  log.output('runtime', 'stderr', Buffer.from('other\n'), 1_000);
  log.output('runtime', 'stdout', Buffer.from('ond\nunfinished'), 1_000);
  log.flush(1_000);
  log.endRequest();
  log.output('runtime', 'stdout', Buffer.from('afterwards\n'), 1_000);
  expect(lines.map(({ text, requestId }) => [text, requestId])).toEqual([
    ['loading', undefined],
    ['first', 'one'],
    ['other', 'one'],
    ['second', 'one'],
    ['unfinished', 'one'],
    ['afterwards', undefined],
  ]);
});

test('the tail is the last 4,096 bytes of the request, and only where it was asked for', () => {
  const { log } = opened();
  log.beginRequest('one', true);
  for (let line = 0; line < 200; line += 1) log.platform(`${line}`.padStart(99, '.'), 1_000);
  const tail = log.endRequest().toString();
  expect(tail).toHaveLength(4_096);
  expect(tail.endsWith('.199\n')).toBe(true);
  log.beginRequest('two', false);
  log.platform('x', 1_000);
  expect(log.endRequest()).toHaveLength(0);
});

test('a log stream is named by day, version and 32 hex digits', () => {
  expect(newLogStreamName('7', Date.UTC(2026, 0, 2))).toMatch(/^2026\/01\/02\/\[7\][0-9a-f]{32}$/);
});
