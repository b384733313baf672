import { Writable } from 'node:stream';
import { Recorder, recorderLimits } from '../../src/laboratory/recorder';
import type { FunctionList, LiveEvents, QueueRow } from '../../src/operator-api/contract';
import { DeploymentWatch } from '../../src/operator-api/deployment-watch';
import { LiveFeed } from '../../src/operator-api/live-feed';
import { Journal } from '../../src/telemetry/journal';
import { TestClock } from '../support/fakes/test-clock';
import { aFunctionVersion, anInvocationRequest } from '../support/functions/function-versions';

/** Reads the events that a feed writes. */
class Reading extends Writable {
  text = '';
  /** Whether nothing is taken, as by a reader that hangs. */
  hangs = false;
  #held: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    if (this.hangs) this.#held = done;
    else done();
  }

  goOn(): void {
    this.hangs = false;
    this.#held?.();
  }

  of<N extends keyof LiveEvents>(name: N): LiveEvents[N][] {
    return [...this.text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)]
      .filter(([, event]) => event === name)
      .map(([, , data = '']) => JSON.parse(data));
  }
}

function aFeed() {
  const clock = new TestClock();
  const recorder = new Recorder(clock, recorderLimits(1_000));
  const journal = new Journal();
  const list: FunctionList = { functions: [], notices: [] };
  const queue: QueueRow[] = [];
  const deployments = new DeploymentWatch({ functions: () => list.functions, clock });
  const feed = new LiveFeed({
    recorder,
    deployments,
    functions: () => list,
    queue: () => queue,
    eventSources: () => [],
    results: () => [],
    journal,
    clock,
  });
  return { clock, recorder, journal, feed, queue };
}

const request = (functionName: string, requestId: string) =>
  anInvocationRequest({ requestId, version: aFunctionVersion({ functionName }) });

const line = (functionName: string, text: string) => ({
  timeMs: 0,
  functionName,
  functionVersion: '$LATEST',
  logStream: 's',
  text,
});

test('sends what happens in batches, and nothing where nothing happens', () => {
  const { clock, recorder, feed, journal } = aFeed();
  const reading = new Reading();
  const stop = feed.follow(reading, { logs: true });
  expect(reading.of('start')).toHaveLength(1);
  recorder.arrived(request('a', '1'));
  recorder.arrived(request('b', '2'));
  journal.write(line('a', 'one'));
  clock.advance(200);
  expect(reading.of('invocations').map((rows) => rows.map(({ requestId }) => requestId))).toEqual([
    ['1', '2'],
  ]);
  expect(reading.of('logs')).toMatchObject([[{ functionName: 'a', text: 'one' }]]);
  const { length } = reading.text;
  clock.advance(400);
  expect(reading.text).toHaveLength(length);
  stop();
  expect(clock.alarms).toEqual([]);
});

test('a reader that asked for one function gets nothing of others, and no logs where it wants none', () => {
  const { clock, recorder, feed, journal } = aFeed();
  const reading = new Reading();
  const stop = feed.follow(reading, { functionName: 'b', logs: false });
  recorder.arrived(request('a', '1'));
  recorder.arrived(request('b', '2'));
  journal.write(line('b', 'one'));
  clock.advance(200);
  expect(reading.of('invocations').flat()).toMatchObject([{ requestId: '2' }]);
  expect(reading.of('logs')).toEqual([]);
  stop();
});

test('figures come once a second, where they have changed', () => {
  const { clock, recorder, feed, queue } = aFeed();
  const reading = new Reading();
  const stop = feed.follow(reading, { logs: true });
  recorder.throttled(request('a', '1'));
  clock.advance(5_000);
  expect(reading.of('stats').map(({ functions }) => functions.map(({ throttles }) => throttles))).toEqual([
    [1],
  ]);
  const time = new Date(0).toISOString();
  queue.push({ requestId: '1', functionName: 'a', acceptedAt: time, dueAt: time, attempts: 0 });
  clock.advance(1_000);
  expect(reading.of('queue')).toEqual([[], queue]);
  stop();
});

test('a reader that hangs loses events and starts anew when it reads again; others lose nothing', async () => {
  const { clock, recorder, feed, journal } = aFeed();
  const [slow, quick] = [new Reading({ highWaterMark: 1 }), new Reading()];
  slow.hangs = true;
  const stops = [slow, quick].map((each) => feed.follow(each, { logs: true }));
  const text = 'x'.repeat(1_000_000);
  for (let batch = 0; batch < 8; batch += 1) {
    journal.write(line('a', text));
    recorder.arrived(request('a', String(batch)));
    clock.advance(200);
  }
  expect(slow.writableLength).toBeLessThan(7_000_000);
  expect(quick.of('logs').flat()).toHaveLength(8);
  slow.goOn();
  while (slow.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(200);
  expect(slow.of('start')).toHaveLength(2);
  for (const stop of stops) stop();
});
