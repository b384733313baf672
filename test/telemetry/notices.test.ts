import { isOf, Journal } from '../../src/telemetry/journal';
import { Notices } from '../../src/telemetry/notices';

function made() {
  const journal = new Journal();
  const lines: string[] = [];
  const notices = new Notices(
    journal,
    (name, text) => lines.push(`${name} | ${text}\n`),
    () => 5,
  );
  return { journal, notices, printed: () => lines.splice(0).join('') };
}

test("a notice is on the console, in the log and in its function's log", () => {
  const { journal, notices, printed } = made();
  notices.say('started');
  notices.say('hello is ready', 'hello');
  expect(printed()).toBe('lambdock | started\nlambdock | hello is ready\n');
  expect(journal.lines().map(({ text }) => text)).toEqual(['started', 'hello is ready']);
  expect(journal.lines().filter((line) => isOf(line, 'hello'))).toEqual([
    {
      timeMs: 5,
      functionName: 'lambdock',
      functionVersion: '',
      logStream: 'lambdock',
      text: 'hello is ready',
      about: 'hello',
    },
  ]);
});

test('a problem lasts until it is resolved, and is printed once', () => {
  const { notices, printed } = made();
  notices.raise('template', 'line 3 is wrong');
  notices.raise('template', 'line 3 is wrong');
  notices.raise('function hello', 'hello failed', 'hello');
  expect(printed()).toBe('lambdock | line 3 is wrong\nlambdock | hello failed\n');
  expect(notices.current().map(({ text }) => text)).toEqual(['line 3 is wrong', 'hello failed']);
  expect(notices.current('other').map(({ text }) => text)).toEqual(['line 3 is wrong']);
  notices.resolve('template');
  expect(notices.current('hello')).toEqual([{ text: 'hello failed', functionName: 'hello' }]);
  notices.raise('template', 'line 3 is wrong');
  expect(printed()).toBe('lambdock | line 3 is wrong\n');
});
