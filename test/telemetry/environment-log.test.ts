import { EnvironmentLog, newLogStreamName } from '../../src/telemetry/environment-log';
import { Journal } from '../../src/telemetry/journal';
import { eventsOf, type LogLine } from '../../src/telemetry/log-line';

function opened(): { log: EnvironmentLog; lines: LogLine[] } {
  const journal = new Journal();
  const lines: LogLine[] = [];
  journal.follow((batch) => void lines.push(...eventsOf(batch)));
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

test("the tail is the last 4,096 bytes of the request's log, only if requested", () => {
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

test('a request that prints without end has a tail of 4,096 bytes and no more', () => {
  const { log } = opened();
  log.beginRequest('one', true);
  const lines = Buffer.from(`${'x'.repeat(1_023)}\n`.repeat(64));
  for (let chunk = 0; chunk < 50; chunk += 1) log.output('runtime', 'stdout', lines, 1_000);
  log.platform('END', 1_000);
  const tail = log.endRequest().toString();
  expect(tail).toHaveLength(4_096);
  expect(tail.endsWith('x\nEND\n')).toBe(true);
});

test('characters of several bytes do not make the tail longer than 4,096 bytes', () => {
  const { log } = opened();
  log.beginRequest('one', true);
  log.platform('é'.repeat(5_000), 1_000);
  expect(log.endRequest()).toHaveLength(4_096);
});

test('what a new process prints is not the rest of what the last one began', () => {
  const { log, lines } = opened();
  const header = Buffer.from('a55a0003000003e80000000000000000', 'hex');
  log.output('runtime', 'telemetry', Buffer.concat([header, Buffer.from('cut off')]), 1_000);
  log.output('runtime', 'stdout', Buffer.from('half'), 1_000);
  log.restart(1_000);
  log.output('runtime', 'stdout', Buffer.from('line\n'), 1_000);
  const record = Buffer.from('a55a0003000000020000000000000000', 'hex');
  log.output('runtime', 'telemetry', Buffer.concat([record, Buffer.from('ok')]), 1_000);
  expect(lines.map(({ text }) => text)).toEqual(['half', 'line', 'ok']);
});

test('the tail begins with what was printed since the last request, at most 4,096 bytes of it', () => {
  const { log } = opened();
  log.beginRequest('one', false);
  log.output('runtime', 'stdout', Buffer.from('of the first\n'), 1_000);
  log.endRequest();
  log.platform('INIT_START', 1_000);
  for (let line = 0; line < 1_000; line += 1)
    log.output('runtime', 'stdout', Buffer.from(`early ${line}\n`), 1_000);
  log.output('runtime', 'stderr', Buffer.from('Traceback\n'), 1_000);
  log.platform('INIT_REPORT', 1_000, true);
  log.beginRequest('two', true);
  log.platform('START', 1_000);
  const tail = log.endRequest().toString();
  expect(tail).toHaveLength(4_096);
  expect(tail.endsWith('early 999\nTraceback\nINIT_REPORT\nSTART\n')).toBe(true);
  log.beginRequest('three', true);
  expect(log.endRequest().toString()).toBe('');
});
