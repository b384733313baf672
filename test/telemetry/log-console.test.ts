import { Writable } from 'node:stream';
import { systemClock } from '../../src/lib/clock';
import { Console } from '../../src/telemetry/log-console';
import { TestClock } from '../support/fakes/test-clock';

function opened() {
  let text = '';
  let nowMs = 0;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const clock = { ...systemClock, now: () => 0, elapsed: () => nowMs };
  const sink = new Console(output, 'auto', clock).sink((name) => `/logs/${name}.log`);
  const line = { timeMs: 0, functionVersion: '$LATEST', logStream: 's' };
  return {
    write: (functionName: string, said: string, events = 1, logStream = 's') =>
      void sink({ ...line, functionName, text: said, events, logStream }),
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

test('drops lines beyond a readable rate, and prints their number', () => {
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

/** What a console prints on a terminal, or elsewhere. */
function printed(isTTY: boolean, color: 'auto' | 'never', print: (to: Console) => void): string {
  let text = '';
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  print(
    new Console(Object.assign(output, { isTTY }), color, new TestClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678))),
  );
  return text;
}

test('on a terminal a line begins with its time, in colour unless that is switched off', () => {
  const print = (to: Console) => to.print('lambdock', 'hello is ready');
  expect(printed(true, 'never', print)).toBe('03:04:05.678 lambdock | hello is ready\n');
  expect(printed(true, 'auto', print)).toBe(
    '\x1b[2m03:04:05.678\x1b[22m \x1b[1mlambdock |\x1b[22m hello is ready\n',
  );
  expect(printed(false, 'auto', print)).toBe('lambdock | hello is ready\n');
});

test('lambdock`s own lines of the log are not printed twice', async () => {
  const { write, printed: text } = opened();
  write('lambdock', 'printed already', 1, 'lambdock');
  write('hello', 'START');
  expect(await text()).toBe('hello | START\n');
});

test('a step of something long is printed once', () => {
  const text = printed(false, 'auto', (to) => {
    const report = to.progress();
    report('python', 'unpacking', 0.1);
    report('python', 'unpacking', 0.2);
    report('python', 'building');
  });
  expect(text).toBe('python | unpacking\npython | building\n');
});
