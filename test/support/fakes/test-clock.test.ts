import { TestClock } from './test-clock';

test('alarms ring in the order of their times, at their times', () => {
  const clock = new TestClock(1_000);
  const rang: string[] = [];
  clock.alarm(1_200, () => rang.push(`b ${clock.now()}`));
  clock.alarm(1_100, () => {
    rang.push(`a ${clock.now()}`);
    clock.alarm(1_150, () => rang.push(`set by a ${clock.now()}`));
  });
  clock.alarm(1_300, () => rang.push('too late'));
  clock.advance(200);
  expect(rang).toEqual(['a 1100', 'set by a 1150', 'b 1200']);
  expect([clock.now(), clock.elapsed(), clock.alarms]).toEqual([1_200, 200, [100]]);
});

test('a cleared alarm does not ring, whether its time is to come or has passed', async () => {
  const clock = new TestClock();
  let rang = 0;
  clock.alarm(clock.now() + 5, () => rang++).clear();
  clock.alarm(clock.now() - 5, () => rang++).clear();
  clock.advance(10);
  await Promise.resolve();
  expect([rang, clock.alarms]).toEqual([0, []]);
});

test('an alarm whose time has passed rings at once, but not inside the call that sets it', async () => {
  const clock = new TestClock();
  let rang = 0;
  clock.alarm(clock.now(), () => rang++);
  expect(rang).toBe(0);
  await Promise.resolve();
  expect(rang).toBe(1);
});
