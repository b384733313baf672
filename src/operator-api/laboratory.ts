import { answering } from '../control-plane/edge';
import { Router } from '../control-plane/router';
import type { Recorder } from '../laboratory/recorder';
import { statsOf } from '../laboratory/stats';
import type { DeploymentHistory, EventSourceRow } from './contract';
import type { DeploymentWatch } from './deployment-watch';
import type { LiveFeed } from './live-feed';
import { given, givenNumber } from './query';
import { type Results, resultRoutes } from './results';

export interface LaboratoryParts {
  readonly recorder: Recorder;
  readonly deployments: DeploymentWatch;
  readonly feed: LiveFeed;
  readonly eventSources: () => readonly EventSourceRow[];
  readonly results: Results;
}

/** `GET /timeline`, `/invocations/ID`, `/stats`, `/deployments`, `/event-sources`, and the event stream `/events`. */
export function laboratoryRoutes({
  recorder,
  deployments,
  feed,
  eventSources,
  results,
}: LaboratoryParts): Router {
  const router = new Router();
  router.use(resultRoutes(results));
  router.get(
    '/timeline',
    answering(({ query }) => {
      const [functionName, sinceMs, limit] = [
        given(query.function),
        givenNumber(query.since),
        givenNumber(query.limit),
      ];
      const body = recorder.timeline({
        ...(functionName !== undefined && { functionName }),
        ...(sinceMs !== undefined && { sinceMs }),
        ...(limit !== undefined && { limit }),
      });
      return { status: 200, body };
    }),
  );
  router.get(
    '/invocations/:id',
    answering(({ params }) => {
      const id = String(params.id);
      const body = recorder.invocation(id);
      if (body !== undefined) return { status: 200, body };
      const message = `Invocation ${id} not found. Only the latest are remembered: npx lambdock trace NAME --list`;
      return { status: 404, body: { message } };
    }),
  );
  router.get(
    '/stats',
    answering(({ query }) => ({ status: 200, body: statsOf(recorder, given(query.function)) })),
  );
  router.get(
    '/deployments',
    answering(() => {
      const body: DeploymentHistory = { deployments: deployments.history };
      return { status: 200, body };
    }),
  );
  router.get(
    '/event-sources',
    answering(() => ({ status: 200, body: { eventSources: eventSources() } })),
  );
  router.get('/events', ({ query }, response) => {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    const functionName = given(query.function);
    const stop = feed.follow(response, {
      ...(functionName !== undefined && { functionName }),
      logs: query.logs !== 'false',
    });
    response.on('close', stop);
  });
  return router;
}
