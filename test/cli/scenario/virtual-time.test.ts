import { VirtualTime } from '../../../src/cli/scenario/virtual-time';
import { TestClock } from '../../support/fakes/test-clock';

function virtual(speed: number) {
  const clock = new TestClock();
  const given: number[] = [];
  const emulator = {
    advanceIdle: async (ms: number) => {
      given.push(ms);
      return { environments: 0 };
    },
  };
  return { clock, given, time: new VirtualTime(clock, emulator, speed) };
}

test('runs as fast as asked, and gives lambdock the idle time that it is behind', async () => {
  const { clock, given, time } = virtual(10);
  clock.advance(100);
  expect(time.nowMs).toBe(1_000);
  await time.settle();
  expect(given).toEqual([900]);
  await time.settle();
  expect(given).toEqual([900]);
});

test('at the speed of the clock it gives nothing', async () => {
  const { clock, given, time } = virtual(1);
  clock.advance(10_000);
  await time.settle();
  expect(given).toEqual([]);
});

test('skips to a moment, whatever time the rest takes', async () => {
  const { clock, given, time } = virtual(1);
  await time.skipTo(600_000, async () => clock.advance(3_000));
  expect(time.nowMs).toBe(600_000);
  expect(given).toEqual([600_000]);
});

test('gives more than a week in steps', async () => {
  const { given, time } = virtual(1);
  await time.skipTo(604_800_000 * 2 + 5, async () => undefined);
  expect(given).toEqual([604_800_000, 604_800_000, 5]);
});

test('waits for a moment, or for something that comes earlier and leaves no alarm', async () => {
  const { clock, time } = virtual(10);
  let isOver = false;
  void time.until(1_000).then(() => {
    isOver = true;
  });
  clock.advance(100);
  await Promise.resolve();
  expect(isOver).toBe(true);
  await time.until(1_000_000, Promise.resolve());
  expect(clock.alarms).toEqual([]);
});
