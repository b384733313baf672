import { Cleanup } from '../../src/lib/cleanup';

test('undoes in the reverse order, also past a failure, and once', async () => {
  const done: number[] = [];
  const cleanup = new Cleanup();
  for (const step of [1, 2, 3]) {
    cleanup.add(async () => {
      done.push(step);
      if (step === 2) throw new Error('stuck');
    });
  }
  const runs = await Promise.allSettled([cleanup.run(), cleanup.run()]);
  expect(done).toEqual([3, 2, 1]);
  expect(runs.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
