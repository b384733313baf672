import { SharedTurns } from '../../../src/functions/store/shared-turns';
import { type Deferred, deferred } from '../../../src/lib/deferred';

let begun: Deferred<string>[];
let turns: SharedTurns<string>;

const work = () => {
  const piece = deferred<string>();
  begun.push(piece);
  return piece.promise;
};

/** Promise reactions that are due have run. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

beforeEach(() => {
  begun = [];
  turns = new SharedTurns();
});

test('runs work once for callers that ask before it begins', async () => {
  const results = [turns.take('a', work), turns.take('a', work)];
  await settled();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve('first');
  expect(await Promise.all(results)).toEqual(['first', 'first']);
});

test('runs work again after its end for callers that arrive while it runs', async () => {
  const first = turns.take('a', work);
  await settled();
  const later = [turns.take('a', work), turns.take('a', work)];
  await settled();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve('old');
  expect(await first).toBe('old');
  await settled();
  expect(begun).toHaveLength(2);
  begun[1]?.resolve('new');
  expect(await Promise.all(later)).toEqual(['new', 'new']);
});

test('runs work of different keys side by side', async () => {
  const results = [turns.take('a', work), turns.take('b', work)];
  await settled();
  expect(begun).toHaveLength(2);
  for (const [index, piece] of begun.entries()) piece.resolve(String(index));
  expect(await Promise.all(results)).toEqual(['0', '1']);
});

test('fails for all callers of a failed run, and runs for the next', async () => {
  const failing = turns.take('a', work);
  await settled();
  const next = turns.take('a', work);
  begun[0]?.reject(new Error('unreadable'));
  await expect(failing).rejects.toThrow('unreadable');
  await settled();
  begun[1]?.resolve('read');
  expect(await next).toBe('read');
});
