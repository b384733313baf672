import type { AsyncInvocations } from '../../src/execution/async/async-invocations';
import { queueOf, queueRoutes } from '../../src/operator-api/queue';
import { RoutedServer } from '../support/clients/routed-server';

const asked: unknown[][] = [];
const invocations = {
  events: [
    { id: 'a', functionName: 'hello', acceptedMs: 0, dueMs: 60_000, attempts: 1 },
    { id: 'b', functionName: 'hello', qualifier: 'live', acceptedMs: 1_000, dueMs: 1_000, attempts: 0 },
  ],
  retryNow: (...call: unknown[]) => asked.push(['retry', ...call]),
  purge: (...call: unknown[]) => asked.push(['purge', ...call]),
} as unknown as AsyncInvocations;

beforeEach(() => {
  asked.length = 0;
});

test('lists what waits, with its times', async () => {
  await using server = await RoutedServer.start(queueRoutes(queueOf(invocations)));
  const [a, b] = ((await (await server.send('/below/queue')).json()) as { readonly events: unknown[] })
    .events;
  expect(a).toEqual({
    requestId: 'a',
    functionName: 'hello',
    acceptedAt: '1970-01-01T00:00:00.000Z',
    dueAt: '1970-01-01T00:01:00.000Z',
    attempts: 1,
  });
  expect(b).toMatchObject({ requestId: 'b', qualifier: 'live', attempts: 0 });
});

test('retries and purges those of one function, or all', async () => {
  await using server = await RoutedServer.start(queueRoutes(queueOf(invocations)));
  expect(await server.ask('/below/queue/retry?function=hello', 'POST')).toBe('200 {"events":1}');
  expect(await server.ask('/below/queue/purge?function=', 'POST')).toBe('200 {"events":2}');
  expect(asked).toEqual([
    ['retry', 'hello'],
    ['purge', undefined],
  ]);
});
