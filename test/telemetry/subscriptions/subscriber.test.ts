import { type Deferred, deferred } from '../../../src/lib/deferred';
import type { Sender } from '../../../src/telemetry/subscriptions/destination';
import { Subscriber } from '../../../src/telemetry/subscriptions/subscriber';
import type { Subscription, TelemetryEvent } from '../../../src/telemetry/subscriptions/subscription';
import { TestClock } from '../../support/fakes/test-clock';

const laterTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Takes batches when the test says so. */
class HeldSender implements Sender {
  readonly batches: { events: readonly string[]; done: Deferred<void> }[] = [];
  closed = false;

  send(events: readonly string[]): Promise<void> {
    const done = deferred<void>();
    this.batches.push({ events, done });
    return done.promise;
  }

  close(): void {
    this.closed = true;
  }

  types(): string[][] {
    return this.batches.map(({ events }) => events.map((each) => (JSON.parse(each) as TelemetryEvent).type));
  }
}

function opened(
  buffering: Partial<Subscription['buffering']> = {},
  kinds: Subscription['kinds'] = ['platform', 'function'],
) {
  const clock = new TestClock();
  const sender = new HeldSender();
  const subscription: Subscription = {
    api: 'telemetry',
    name: 'observer',
    schemaVersion: '2022-12-13',
    kinds,
    buffering: { maxItems: 3, maxBytes: 1_000, timeoutMs: 100, ...buffering },
    destination: { protocol: 'TCP', port: 1 },
  };
  const subscriber = new Subscriber(subscription, sender, clock);
  const line = (text: string) =>
    subscriber.add({ timeMs: clock.now(), kind: 'function', type: 'function', record: text });
  return { clock, sender, subscriber, line };
}

test('sends a batch when its first event is as old as the timeout', () => {
  const { clock, sender, line } = opened();
  line('one');
  clock.advance(60);
  line('two');
  expect(sender.batches).toEqual([]);
  clock.advance(40);
  expect(sender.types()).toEqual([['function', 'function']]);
});

test('sends a batch at once when it has enough events or bytes', () => {
  const byItems = opened();
  for (const text of ['one', 'two', 'three']) byItems.line(text);
  expect(byItems.sender.batches).toHaveLength(1);
  const byBytes = opened();
  byBytes.line('x'.repeat(1_000));
  expect(byBytes.sender.batches).toHaveLength(1);
});

test('has only the kinds that are subscribed to', () => {
  const { clock, sender, subscriber, line } = opened({}, ['platform']);
  line('one');
  subscriber.add({ timeMs: 0, kind: 'platform', type: 'platform.start', record: { requestId: '1' } });
  clock.advance(100);
  expect(sender.types()).toEqual([['platform.start']]);
});

test('keeps one batch while another is under way, drops the rest, and reports it', async () => {
  const { sender, line } = opened();
  for (let at = 0; at < 8; at += 1) line('one');
  expect(sender.batches).toHaveLength(1);
  sender.batches[0]?.done.resolve();
  await laterTurn();
  expect(sender.types()).toEqual([
    ['function', 'function', 'function'],
    ['function', 'function', 'function', 'platform.logsDropped'],
  ]);
  expect(JSON.parse(sender.batches[1]?.events[3] ?? '')).toMatchObject({
    record: {
      droppedRecords: 2,
      droppedBytes: expect.any(Number),
      reason: expect.stringContaining('fallen behind'),
    },
  });
});

test('sends a batch again that was refused, and reports it as dropped after five attempts', async () => {
  const { clock, sender, subscriber, line } = opened();
  line('one');
  subscriber.flush();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    expect(sender.batches).toHaveLength(attempt);
    sender.batches[attempt - 1]?.done.reject(new Error('refused'));
    await laterTurn();
    clock.advance(100);
    await laterTurn();
  }
  expect(sender.types().at(-1)).toEqual(['platform.logsDropped']);
});

test('sends no more data after close', () => {
  const { clock, sender, subscriber, line } = opened();
  line('one');
  subscriber.close();
  clock.advance(1_000);
  line('two');
  subscriber.flush();
  expect(sender.batches).toEqual([]);
  expect(sender.closed).toBe(true);
});
