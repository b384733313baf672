import fc from 'fast-check';
import { LambdaError } from '../../../src/aws/errors';
import { AsyncInvocations, type RetryPolicy } from '../../../src/execution/async/async-invocations';
import type { EndedEvent } from '../../../src/execution/async/invocation-record';
import type { InvocationRequest } from '../../../src/execution/invocation';
import type { Outcome } from '../../../src/execution/lifecycle/outcome';
import { EventQueue } from '../../../src/functions/registry/event-queue';
import { openState } from '../../../src/functions/registry/state';
import type { Database } from '../../../src/lib/database';
import { TestClock } from '../../support/fakes/test-clock';
import { aFunctionVersion } from '../../support/functions/function-versions';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const scope = { region: 'us-east-1', accountId: '000000000000' };
const event = {
  scope,
  functionName: 'hello',
  payload: Buffer.from('{"a":1}').toString('base64'),
  traceId: 't',
};
const succeeded: Outcome = { kind: 'succeeded', payload: Buffer.from('"ok"'), contentType: '' };
const failed: Outcome = {
  kind: 'failed',
  payload: Buffer.from('{"errorMessage":"no"}'),
  fault: { status: 'error', errorType: 'Error' },
};
const throttled = () => {
  throw new LambdaError('TooManyRequestsException', 'Rate Exceeded.');
};

let folder: TemporaryFolder;
let database: Database;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  database = openState(folder.path);
});

afterEach(async () => {
  database.close();
  await folder[Symbol.asyncDispose]();
});

/** Turns of the event loop after which all that needs no clock has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function subject(
  answer: (request: InvocationRequest, count: number) => Outcome,
  policy: RetryPolicy = { attempts: 2, ageMs: 21_600_000 },
  boot = 'boot',
  isReservedZero = () => false,
) {
  const clock = new TestClock();
  const attempts: { id: string; atMs: number; isForcedCold?: boolean }[] = [];
  const ended: EndedEvent[] = [];
  const failures: Error[] = [];
  const invocations = new AsyncInvocations({
    queue: new EventQueue(database, boot),
    invoker: {
      invoke: async (request) => {
        const { requestId, isForcedCold } = request;
        attempts.push({ id: requestId, atMs: clock.elapsed(), ...(isForcedCold && { isForcedCold }) });
        return { outcome: answer(request, attempts.length) };
      },
    },
    clock,
    find: () => aFunctionVersion(),
    policyOf: () => policy,
    isReservedZero,
    deliver: async (_, end) => void ended.push(end),
    retrySpeed: 1,
    fail: (error) => failures.push(error),
  });
  return { clock, attempts, ended, failures, invocations };
}

const stored = () => database.all('SELECT id FROM events').map(({ id }) => id);

test('a forced cold start is of the first attempt, and retries are as others', async () => {
  const { clock, attempts, invocations } = subject((_, count) => (count === 1 ? failed : succeeded));
  invocations.accept({ ...event, id: 'a', isForcedCold: true });
  await settle();
  clock.advance(60_000);
  await settle();
  expect(attempts.map(({ isForcedCold = false }) => isForcedCold)).toEqual([true, false]);
});

test('an event is stored before it runs, and removed when it has succeeded', async () => {
  const { invocations, ended } = subject(() => succeeded);
  invocations.accept({ ...event, id: 'one' });
  expect(stored()).toEqual(['one']);
  await settle();
  expect(stored()).toEqual([]);
  expect(ended).toMatchObject([{ condition: 'Success', attempts: 1, requestId: 'one' }]);
});

test('an error is retried after one minute and after two, under the same request id', async () => {
  const { invocations, clock, attempts, ended } = subject(() => failed);
  invocations.accept({ ...event, id: 'one' });
  await settle();
  clock.advance(59_999);
  await settle();
  expect(attempts).toHaveLength(1);
  clock.advance(1);
  await settle();
  clock.advance(120_000);
  await settle();
  expect(attempts).toEqual([
    { id: 'one', atMs: 0 },
    { id: 'one', atMs: 60_000 },
    { id: 'one', atMs: 180_000 },
  ]);
  expect(ended).toMatchObject([{ condition: 'RetriesExhausted', attempts: 3 }]);
  expect(stored()).toEqual([]);
});

test('without retries the first error ends the event', async () => {
  const { invocations, ended } = subject(() => failed, { attempts: 0, ageMs: 60_000 });
  invocations.accept({ ...event, id: 'one' });
  await settle();
  expect(ended).toMatchObject([{ condition: 'RetriesExhausted', attempts: 1 }]);
});

test('an event that would be too old at its next attempt ends as EventAgeExceeded', async () => {
  const { invocations, ended } = subject(() => failed, { attempts: 2, ageMs: 59_000 });
  invocations.accept({ ...event, id: 'one' });
  await settle();
  expect(ended).toMatchObject([{ condition: 'EventAgeExceeded', attempts: 1 }]);
});

test('a throttled event is retried after waits that double, and does not count as an attempt', async () => {
  const { invocations, clock, attempts, ended } = subject((_, count) =>
    count < 4 ? throttled() : succeeded,
  );
  invocations.accept({ ...event, id: 'one' });
  await settle();
  for (const waitMs of [1_000, 2_000, 4_000]) {
    clock.advance(waitMs);
    await settle();
  }
  expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 1_000, 3_000, 7_000]);
  expect(ended).toMatchObject([{ condition: 'Success', attempts: 1 }]);
});

test('events of an ended run are retried by the next one, those of a living run are not', async () => {
  const first = subject(() => failed, undefined, 'first');
  first.invocations.accept({ ...event, id: 'one' });
  await settle();
  first.invocations.close();
  const second = subject(() => succeeded, undefined, 'second');
  second.invocations.begin(new Set(['first']));
  second.clock.advance(3_600_000);
  await settle();
  expect(second.attempts).toEqual([]);
  const third = subject(() => succeeded, undefined, 'third');
  third.invocations.begin(new Set());
  third.clock.advance(3_600_000);
  await settle();
  expect(third.attempts.map(({ id }) => id)).toEqual(['one']);
  expect(stored()).toEqual([]);
});

test('waiting events can be retried at once, or dropped', async () => {
  const { invocations, attempts } = subject((_, count) => (count <= 2 ? failed : succeeded));
  invocations.accept({ ...event, id: 'one' });
  invocations.accept({ ...event, id: 'two', functionName: 'other' });
  await settle();
  expect(invocations.retryNow('hello')).toBe(1);
  await settle();
  expect(attempts.map(({ id }) => id)).toEqual(['one', 'two', 'one']);
  expect(invocations.purge()).toBe(1);
  expect(invocations.events).toEqual([]);
  expect(stored()).toEqual([]);
});

test('each event ends once and leaves nothing behind, whatever the function answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ok', 'error', 'throttle'), { maxLength: 12 }),
      fc.integer({ min: 1, max: 80 }),
      async (answers, count) => {
        const { invocations, clock, ended, failures } = subject((_, attempt) => {
          const answer = answers[attempt - 1] ?? 'ok';
          return answer === 'ok' ? succeeded : answer === 'error' ? failed : throttled();
        });
        for (let index = 0; index < count; index += 1) invocations.accept({ ...event, id: `event-${index}` });
        for (let hour = 0; hour < 6; hour += 1) {
          await settle();
          clock.advance(3_600_000);
        }
        await settle();
        expect(ended.map(({ requestId }) => requestId).sort()).toEqual(
          Array.from({ length: count }, (_, index) => `event-${index}`).sort(),
        );
        expect(stored()).toEqual([]);
        expect(failures).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test('an event of a function with a reserved concurrency of 0 ends without a try', async () => {
  const { invocations, attempts, ended } = subject(
    () => succeeded,
    undefined,
    undefined,
    () => true,
  );
  invocations.accept({ ...event, id: 'one' });
  await settle();
  expect(attempts).toEqual([]);
  expect(ended).toMatchObject([{ condition: 'ZeroReservedConcurrency', attempts: 0 }]);
  expect(stored()).toEqual([]);
});

test('an event in a loop ends without a retry', async () => {
  const { invocations, ended } = subject(() => {
    throw new LambdaError('RecursiveInvocationException', 'in a loop');
  });
  invocations.accept({ ...event, id: 'one' });
  await settle();
  expect(ended).toMatchObject([{ condition: 'RecursiveInvocation', attempts: 0 }]);
  expect(stored()).toEqual([]);
});
