import { every, systemClock, within } from '../../src/lib/clock';
import { TestClock } from '../support/fakes/test-clock';

test('an alarm of the past rings, in a later turn; a cleared one does not', async () => {
  const rung: string[] = [];
  await new Promise<void>((resolve) => {
    const cleared = systemClock.alarm(systemClock.now() - 1, () => rung.push('cleared'));
    cleared.clear();
    cleared.clear();
    systemClock.alarm(systemClock.now() - 1, () => {
      rung.push('past');
      resolve();
    });
    expect(rung).toEqual([]);
  });
  expect(rung).toEqual(['past']);
});

test('an alarm further off than a timer can count does not ring at once', async () => {
  const far = systemClock.alarm(systemClock.now() + 2 ** 33, () => {
    throw new Error('rang');
  });
  await new Promise<void>((resolve) => void systemClock.alarm(systemClock.now() + 5, resolve));
  far.clear();
});

test('an alarm never rings before as much time has passed as it was set for', async () => {
  // Set at many places within a millisecond, and within the one in which `now` ticks.
  const waits = Array.from({ length: 400 }, async (_, index) => {
    const startedAt = systemClock.elapsed();
    const nowMs = systemClock.now();
    await new Promise<void>((resolve) => void systemClock.alarm(nowMs + 20 + (index % 5), resolve));
    return systemClock.elapsed() - startedAt - (index % 5);
  });
  expect(Math.min(...(await Promise.all(waits)))).toBeGreaterThanOrEqual(20);
});

test('repeats work until it is cleared, also from within', () => {
  const clock = new TestClock();
  let done = 0;
  const repeated = every(clock, 10, () => {
    done += 1;
    if (done === 3) repeated.clear();
  });
  clock.advance(9);
  expect(done).toBe(0);
  clock.advance(11);
  expect(done).toBe(2);
  clock.advance(100);
  expect(done).toBe(3);
  expect(clock.alarms).toEqual([]);
});

test('elapsed time never goes back', () => {
  const first = systemClock.elapsed();
  expect(systemClock.elapsed()).toBeGreaterThanOrEqual(first);
});

test('stops waiting for work that takes too long', async () => {
  const clock = new TestClock();
  const late: string[] = [];
  const waiting = within(100, clock, new Promise(() => undefined), () => void late.push('late'));
  clock.advance(101);
  await waiting;
  await within(100, clock, Promise.resolve(), () => void late.push('never'));
  await expect(within(100, clock, Promise.reject(new Error('no')), () => undefined)).rejects.toThrow('no');
  expect(late).toEqual(['late']);
  expect(clock.alarms).toEqual([]);
});

test('an alarm rings in time though the machine’s clock is set back an hour meanwhile', async () => {
  const { now } = Date;
  const rung = new Promise<void>((resolve) => systemClock.alarm(systemClock.now() + 30, resolve));
  Date.now = () => now() - 3_600_000;
  try {
    await rung;
    await new Promise<void>((resolve) => systemClock.alarm(systemClock.now() + 5, resolve));
  } finally {
    Date.now = now;
  }
});
