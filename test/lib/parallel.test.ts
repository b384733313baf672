import { deferred } from '../../src/lib/deferred';
import { parallel } from '../../src/lib/parallel';

test('never more than `width` are under way, and each item is worked on once, in order', async () => {
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => deferred<void>());
  const all = parallel([0, 1, 2, 3, 4], 2, (item) => {
    begun.push(item);
    return ends[item]?.promise ?? Promise.resolve();
  });
  expect(begun).toEqual([0, 1]);
  ends[1]?.resolve();
  await ends[1]?.promise;
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const end of ends) end.resolve();
  await all;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('the first failure stops new work and is reported after running work has ended', async () => {
  const slow = deferred<void>();
  const begun: string[] = [];
  let slowEnded = false;
  const all = parallel(['bad', 'slow', 'never'], 2, async (item) => {
    begun.push(item);
    if (item === 'bad') throw new Error('first');
    await slow.promise;
    slowEnded = true;
  });
  const outcome = all.catch((error: Error) => `${error.message} ${slowEnded}`);
  slow.resolve();
  expect(await outcome).toBe('first true');
  expect(begun).toEqual(['bad', 'slow']);
});

test('an empty list is done at once', async () => {
  await expect(parallel([], 4, () => Promise.reject(new Error('never')))).resolves.toBeUndefined();
});
