import { OutputFlow, whenOutputRead } from '../../src/execution/output-flow';
import { deferred } from '../../src/lib/deferred';
import { TestClock } from '../support/fakes/test-clock';

/** A flow whose valve notes what it is asked to do. */
function flowOn(clock: TestClock) {
  const calls: string[] = [];
  const flow = new OutputFlow(clock);
  flow.follow({ pauseOutput: () => calls.push('pause'), resumeOutput: () => calls.push('resume') });
  return { flow, calls };
}

/** What floods rest for together ends before the next test. */
const rested = () => new TestClock(Date.UTC(2030, 0, 1));

/** Work that takes so long. */
const taking = (clock: TestClock, ms: number) => () => {
  clock.advance(ms);
  return undefined;
};

test('little output is never paused', () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  flow.arrived(100);
  flow.handle(100, taking(clock, 0.5));
  expect(calls).toEqual([]);
  expect(clock.alarms).toEqual([]);
});

test('after a flood the output rests for twice as long as the work on it took', () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  clock.advance(10_000);
  flow.handle(100, taking(clock, 10));
  expect(calls).toEqual(['pause']);
  clock.advance(19);
  expect(calls).toEqual(['pause']);
  clock.advance(1);
  expect(calls).toEqual(['pause', 'resume']);
});

test('16 KiB at once are a flood however short the work was, and rest for at least 1 ms', () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  clock.advance(20_000);
  flow.handle(16_384, taking(clock, 0));
  expect(calls).toEqual(['pause']);
  clock.advance(1);
  expect(calls).toEqual(['pause', 'resume']);
});

test('floods of several functions share one rest, which is at most 250 ms', () => {
  const clock = rested();
  const one = flowOn(clock);
  const other = flowOn(clock);
  clock.advance(30_000);
  one.flow.handle(100, taking(clock, 50));
  other.flow.handle(100, taking(clock, 200));
  // The first one's rest of 100 ms has passed by now; the other's would take 400 ms.
  clock.advance(249);
  expect(other.calls).toEqual(['pause']);
  clock.advance(1);
  expect(other.calls).toEqual(['pause', 'resume']);
  expect(one.calls).toEqual(['pause', 'resume']);
});

test('output that waits for its handling is paused for 20 ms above 256 KiB', () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  flow.arrived(262_144);
  expect(calls).toEqual([]);
  flow.arrived(1);
  expect(calls).toEqual(['pause']);
  clock.advance(20);
  expect(calls).toEqual(['pause', 'resume']);
});

test('a sink that is full pauses the output until it has room', async () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  const full = deferred<void>();
  flow.handle(1, () => full.promise);
  expect(calls).toEqual(['pause']);
  full.resolve();
  await full.promise;
  await Promise.resolve();
  expect(calls).toEqual(['pause', 'resume']);
});

test('a sink that stays full holds the output for 5 seconds', () => {
  const clock = rested();
  const { flow, calls } = flowOn(clock);
  flow.handle(1, () => deferred<void>().promise);
  clock.advance(4_999);
  expect(calls).toEqual(['pause']);
  clock.advance(1);
  expect(calls).toEqual(['pause', 'resume']);
});

describe('waiting for what was printed', () => {
  const fail = (error: Error) => {
    throw error;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('goes on at once without a sandbox, and where the sandbox relays its output', () => {
    const order: string[] = [];
    whenOutputRead(undefined, () => order.push('none'), fail);
    whenOutputRead({ direct: false, outputRead: () => undefined }, () => order.push('relayed'), fail);
    expect(order).toEqual(['none', 'relayed']);
  });

  test('goes on at the end of the turn where nothing is left to read', async () => {
    const order: string[] = [];
    whenOutputRead({ direct: true, outputRead: () => undefined }, () => order.push('on'), fail);
    expect(order).toEqual([]);
    await turn();
    expect(order).toEqual(['on']);
  });

  test('goes on once paused output has been read, and reports what fails then', async () => {
    const read = deferred<void>();
    const failures: Error[] = [];
    let isOn = false;
    const goOn = () => {
      isOn = true;
      throw new Error('cannot');
    };
    whenOutputRead({ direct: true, outputRead: () => read.promise }, goOn, (error) => failures.push(error));
    await turn();
    expect(isOn).toBe(false);
    read.resolve();
    await turn();
    expect(isOn).toBe(true);
    expect(failures).toEqual([new Error('cannot')]);
  });
});
