import type { ApplicationLogLevel } from '../../src/aws/logging';
import { linesOfLevel } from '../../src/telemetry/application-level';

const json = (level: string) => JSON.stringify({ level, message: 'm' });

function left(text: string, applicationLevel: ApplicationLogLevel, events = text.split('\n').length) {
  return linesOfLevel({ text, events }, { format: 'JSON', applicationLevel });
}

test('takes out what is below the level', () => {
  const lines = ['trace', 'DEBUG', 'info', 'Warning', 'ERROR', 'CRITICAL'].map(json);
  expect(left(lines.join('\n'), 'WARN')).toEqual({ text: lines.slice(3).join('\n'), events: 3 });
  expect(left(lines.join('\n'), 'FATAL')).toEqual({ text: lines[5], events: 1 });
  expect(left(lines.join('\n'), 'TRACE')).toEqual({ text: lines.join('\n'), events: 6 });
});

test('a line without a level counts as INFO', () => {
  const lines = 'a text\n{"message":"m"}\n{no json';
  expect(left(lines, 'INFO')).toEqual({ text: lines, events: 3 });
  expect(left(lines, 'WARN')).toBeUndefined();
});

test('a record of several lines is one', () => {
  const record = '{"level":"ERROR",\n"message":"m"}';
  expect(left(record, 'ERROR', 1)).toEqual({ text: record, events: 1 });
});

test('in text format there are no levels', () => {
  const lines = { text: json('DEBUG'), events: 1 };
  expect(linesOfLevel(lines, { format: 'Text', applicationLevel: 'FATAL' })).toEqual(lines);
});
