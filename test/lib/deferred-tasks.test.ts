import { deferred } from '../../src/lib/deferred';
import { DeferredTasks } from '../../src/lib/deferred-tasks';

const laterTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('work is done in a later turn and in order, behind what is asynchronous', async () => {
  const done: string[] = [];
  const held = deferred<void>();
  const afterwards = new DeferredTasks((error) => done.push(String(error)));
  afterwards.do(() => void done.push('first'));
  afterwards.do(() => held.promise.then(() => void done.push('second')));
  afterwards.do(() => void done.push('third'));
  expect(done).toEqual([]);
  await laterTurn();
  expect(done).toEqual(['first']);
  held.resolve();
  await laterTurn();
  expect(done).toEqual(['first', 'second', 'third']);
});

test('what waits can be done at once, up to what is asynchronous', async () => {
  const done: string[] = [];
  const held = deferred<void>();
  const afterwards = new DeferredTasks((error) => done.push(String(error)));
  afterwards.do(() => void done.push('first'));
  afterwards.do(() => held.promise);
  afterwards.do(() => void done.push('third'));
  afterwards.catchUp();
  expect(done).toEqual(['first']);
  afterwards.catchUp();
  await laterTurn();
  expect(done).toEqual(['first']);
  held.resolve();
  await laterTurn();
  expect(done).toEqual(['first', 'third']);
});

test('reports work that fails, and does the work after it', async () => {
  const done: string[] = [];
  const afterwards = new DeferredTasks((error) => done.push((error as Error).message));
  afterwards.do(() => {
    throw new Error('thrown');
  });
  afterwards.do(() => Promise.reject(new Error('rejected')));
  afterwards.do(() => void done.push('last'));
  await laterTurn();
  expect(done).toEqual(['thrown', 'rejected', 'last']);
});

test('something can be done ahead of what this turn has asked for, behind what earlier ones have left', async () => {
  const done: string[] = [];
  const held = deferred<void>();
  const afterwards = new DeferredTasks((error) => done.push(String(error)));
  afterwards.do(() => void done.push('this turn'));
  afterwards.ahead(() => void done.push('ahead'));
  expect(done).toEqual(['ahead']);
  await laterTurn();
  afterwards.do(() => held.promise.then(() => void done.push('held')));
  await laterTurn();
  afterwards.do(() => void done.push('next turn'));
  afterwards.ahead(() => void done.push('ahead of that'));
  await laterTurn();
  expect(done).toEqual(['ahead', 'this turn']);
  held.resolve();
  await laterTurn();
  expect(done).toEqual(['ahead', 'this turn', 'held', 'ahead of that', 'next turn']);
});
