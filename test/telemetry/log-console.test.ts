import { Writable } from 'node:stream';
import { consoleSink } from '../../src/telemetry/log-console';

function opened() {
  let text = '';
  let nowMs = 0;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const sink = consoleSink(
    output,
    (name) => `/logs/${name}.log`,
    () => nowMs,
  );
  const line = { timeMs: 0, functionVersion: '$LATEST', logStream: 's' };
  return {
    write: (functionName: string, said: string, events = 1) =>
      void sink({ ...line, functionName, text: said, events }),
    /** Resolves when there is something. */
    printed: async () => {
      while (text === '') await new Promise(setImmediate);
      return text;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    take: () => {
      const taken = text;
      text = '';
      return taken;
    },
  };
}

test('lines that come together are written together, a record with its further lines indented', async () => {
  const { write, printed } = opened();
  write('hello', 'START');
  write('other', 'first\nsecond');
  write('third', 'one\ntwo', 2);
  expect(await printed()).toBe('hello | START\nother | first\n    second\nthird | one\nthird | two\n');
});

test('control characters are written out, and no line looks like another function’s', async () => {
  const { write, printed } = opened();
  write('hello', 'a\x1b[2J\x1b]52;c;eA==\x07\0\x9b31m\u202eb\nother | forged\rother | forged too\ttab');
  expect(await printed()).toBe(
    'hello | a\\e[2J\\e]52;c;eA==\\x07\\0\\x9b31m\\u202eb\n    other | forged\n    other | forged too\ttab\n',
  );
});

test('what a function prints beyond any reader’s speed is left out, and it is said how much that was', () => {
  const { write, take, pass } = opened();
  const flood = (lines: number) =>
    Array.from({ length: lines }, () => 'x')
      .join('\n')
      .padEnd(70_000, 'x');
  write('noisy', flood(8_000), 8_000);
  expect(take().split('\n')).toHaveLength(8_001);
  write('noisy', flood(30_000), 30_000);
  write('noisy', flood(20_000), 20_000);
  expect(take()).toBe('');
  write('other', flood(10), 10);
  expect(take()).toContain('other | x\n');
  pass(1_000);
  write('noisy', flood(1_000), 1_000);
  expect(take()).toContain('noisy | … 50000 lines left out; all are in /logs/noisy.log\nnoisy | x\n');
});
