import { Journal } from '../../src/telemetry/journal';

const line = (functionName: string, text: string) => ({
  timeMs: 0,
  functionName,
  functionVersion: '$LATEST',
  logStream: 's',
  text,
});

test('keeps the latest lines, of all functions or of one', () => {
  const journal = new Journal(4);
  for (let count = 1; count <= 20; count += 1) journal.write(line(count % 2 ? 'odd' : 'even', String(count)));
  expect(journal.latest(3).map(({ text }) => text)).toEqual(['18', '19', '20']);
  expect(journal.latest(1, 'odd').map(({ text }) => text)).toEqual(['19']);
  expect(journal.latest(100).length).toBeLessThanOrEqual(6);
  expect(journal.latest(0)).toEqual([]);
});

test('tells who follows, until they do not', () => {
  const journal = new Journal();
  const heard: string[] = [];
  const stop = journal.follow(({ text }) => heard.push(text));
  journal.write(line('f', 'one'));
  stop();
  journal.write(line('f', 'two'));
  expect(heard).toEqual(['one']);
});
