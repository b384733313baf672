import { answering } from '../control-plane/edge';
import { Router } from '../control-plane/router';
import type { AsyncInvocations } from '../execution/async/async-invocations';
import type { QueueRow } from './contract';

/** The operator's view of the queue of asynchronous invocations. */
export interface Queue {
  rows(): readonly QueueRow[];
  retryNow(functionName?: string): number;
  purge(functionName?: string): number;
}

export function queueOf(events: AsyncInvocations): Queue {
  return {
    rows: () =>
      events.events.map(({ id, functionName, qualifier, acceptedMs, dueMs, attempts }) => ({
        requestId: id,
        functionName,
        ...(qualifier !== undefined && { qualifier }),
        acceptedAt: new Date(acceptedMs).toISOString(),
        dueAt: new Date(dueMs).toISOString(),
        attempts,
      })),
    retryNow: (functionName) => events.retryNow(functionName),
    purge: (functionName) => events.purge(functionName),
  };
}

/** `GET /queue`, and `POST /queue/retry` and `/queue/purge` with an optional `function` in the query. */
export function queueRoutes(queue: Queue): Router {
  const router = new Router();
  const named = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  router.get(
    '/queue',
    answering(() => ({ status: 200, body: { events: queue.rows() } })),
  );
  router.post(
    '/queue/retry',
    answering(({ query }) => ({ status: 200, body: { events: queue.retryNow(named(query.function)) } })),
  );
  router.post(
    '/queue/purge',
    answering(({ query }) => ({ status: 200, body: { events: queue.purge(named(query.function)) } })),
  );
  return router;
}
