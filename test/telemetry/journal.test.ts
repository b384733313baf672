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

test('passes lines to followers until they end', () => {
  const journal = new Journal();
  const heard: string[] = [];
  const stop = journal.follow(({ text }) => void heard.push(text));
  journal.write(line('f', 'one'));
  stop();
  journal.write(line('f', 'two'));
  expect(heard).toEqual(['one']);
});

test('events that came together are kept as events, and only as many as are kept', () => {
  const journal = new Journal(4);
  journal.write({ ...line('f', 'a\nb\nc'), events: 3 });
  expect(journal.latest(2).map(({ text }) => text)).toEqual(['b', 'c']);
  journal.write({
    ...line('f', Array.from({ length: 1_000 }, (_, at) => String(at)).join('\n')),
    events: 1_000,
  });
  expect(journal.latest(100).map(({ text }) => text)).toEqual(['996', '997', '998', '999']);
  journal.write(line('f', 'one\nrecord'));
  expect(journal.latest(1).map(({ text }) => text)).toEqual(['one\nrecord']);
});

test('holds at most some MB of text, however long the lines are', () => {
  const journal = new Journal();
  const text = 'x'.repeat(262_144);
  for (let count = 0; count < 200; count += 1) journal.write(line('f', text));
  const held = journal.latest(2_000).reduce((sum, each) => sum + each.text.length, 0);
  expect(held).toBeLessThanOrEqual(12 * 1024 * 1024);
  expect(held).toBeGreaterThan(4 * 1024 * 1024);
});
