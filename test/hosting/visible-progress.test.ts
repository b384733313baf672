import { VisibleProgress } from '../../src/hosting/visible-progress';
import { TestClock } from '../support/fakes/test-clock';

let clock: TestClock;
let progress: VisibleProgress;

beforeEach(() => {
  clock = new TestClock();
  progress = new VisibleProgress(clock);
});

/** Whether it has ended, once everything that can go on has gone on. */
async function isOver(shown: Promise<void>): Promise<boolean> {
  let over = false;
  void shown.then(() => {
    over = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

test('a status that was read ends after a tenth of a second', async () => {
  const since = clock.now();
  const shown = progress.shown('f', since);
  progress.read('f', since);
  clock.advance(99);
  expect(await isOver(shown)).toBe(false);
  clock.advance(1);
  expect(await isOver(shown)).toBe(true);
});

test('a status that was not read ends with the next read', async () => {
  const since = clock.now();
  const shown = progress.shown('f', since);
  clock.advance(300);
  expect(await isOver(shown)).toBe(false);
  progress.read('f', since);
  expect(await isOver(shown)).toBe(true);
});

test('a status that is never read ends after half a second', async () => {
  const shown = progress.shown('f', clock.now());
  clock.advance(100);
  expect(await isOver(shown)).toBe(false);
  clock.advance(400);
  expect(await isOver(shown)).toBe(true);
});

test('a read shows what is in progress, once if it is late', () => {
  const since = clock.now();
  expect(progress.look('p', since)).toBe(true);
  clock.advance(50);
  expect(progress.look('p', since)).toBe(true);
  clock.advance(50);
  expect(progress.look('p', since)).toBe(false);
  clock.advance(100);
  const later = clock.now();
  clock.advance(200);
  const looks = [1, 2, 3].map(() => progress.look('p', later));
  expect(looks).toEqual([true, false, false]);
});

test('does not wait for what has long ended', async () => {
  const since = clock.now();
  clock.advance(1_000);
  expect(await isOver(progress.shown('f', since))).toBe(true);
});
