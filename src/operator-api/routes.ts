import type { PageSessions } from '../control-plane/auth/page-sessions';
import { answering, sendAnswer } from '../control-plane/edge';
import { type RoutedRequest, Router, sendFile, skip } from '../control-plane/router';
import type { EnvironmentSummary } from '../execution/environment-summary';
import { TemplateError } from '../functions/template/problems';
import { isOf, type Journal } from '../telemetry/journal';
import { LogFollower } from '../telemetry/log-follower';
import { eventsOf, type LogLine } from '../telemetry/log-line';
import { isNarrow, type LogQuery, matches, select } from '../telemetry/log-query';
import type { EnvironmentRow, FunctionList, FunctionRow, Health, NoticeRow } from './contract';
import { type ControlParts, controlRoutes } from './control';
import { pageRoutes } from './front-page';
import { type LaboratoryParts, laboratoryRoutes } from './laboratory';
import { toLogRow } from './log-row';
import { metricsContentType, openMetrics } from './metrics';
import { given } from './query';
import { type Queue, queueRoutes } from './queue';

export interface OperatorParts {
  /** Token that the page sends with each request that changes something. */
  readonly token: string;
  /** Sessions of signed-in browsers; absent if signatures are not required. */
  readonly sessions?: PageSessions;
  readonly health: () => Omit<Health, 'status'>;
  readonly functions: () => readonly FunctionRow[];
  /** Lasting problems. With a name: those of this function and of lambdock as a whole. */
  readonly notices: (functionName?: string) => readonly NoticeRow[];
  readonly environments: () => readonly EnvironmentSummary[];
  readonly control: ControlParts;
  /**
   * Deploys the current template. Resolves when its functions are ready or have failed. Absent if lambdock does not
   * follow the template.
   * @throws {TemplateError}
   */
  readonly reload?: () => Promise<void>;
  readonly queue: Queue;
  readonly laboratory: LaboratoryParts;
  readonly journal: Journal;
  /** Path of the zip file with this hash; undefined if it does not exist. */
  readonly zipFile: (hash: string) => Promise<string | undefined>;
}

/** The routes below `/_lambdock` that the command line uses. They are not part of Lambda's API. */
export function operatorRoutes(parts: OperatorParts): Router {
  const router = new Router();
  router.use(pageRoutes(parts));
  router.use(queueRoutes(parts.queue));
  router.use(laboratoryRoutes(parts.laboratory));
  router.get('/metrics', (_request, response) => {
    response.writeHead(200, { 'Content-Type': metricsContentType });
    response.end(openMetrics(parts.laboratory.recorder.counters()));
  });
  router.use(controlRoutes(parts.control));
  router.get(
    '/health',
    answering(() => ({ status: 200, body: { status: 'ok', ...parts.health() } })),
  );
  router.get(
    '/functions',
    answering(() => ({ status: 200, body: functionList(parts) })),
  );
  router.get(
    '/environments',
    answering(() => ({ status: 200, body: { environments: parts.environments().map(toEnvironmentRow) } })),
  );
  router.post(
    '/reload',
    answering(async () => {
      if (parts.reload === undefined) {
        const message =
          'Changes of the template are not deployed, because watch is false. Restart lambdock to deploy them.';
        return { status: 409, body: { message } };
      }
      try {
        await parts.reload();
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        return {
          status: 400,
          body: {
            message: `The template has errors and was not deployed; the functions stay as they were. ${error.message}`,
          },
        };
      }
      return { status: 200, body: functionList(parts) };
    }),
  );
  // The address in `Code.Location`. It needs no signature, like a presigned address of S3.
  router.get('/code/:name', async (request, response) => {
    const hash = /^([0-9a-f]{64})\.zip$/.exec(request.params.name ?? '')?.[1];
    const file = hash === undefined ? undefined : await parts.zipFile(hash);
    return file === undefined ? skip : sendFile(response, file, { 'Content-Type': 'application/zip' });
  });
  router.get(
    '/notices',
    answering(({ query }) => ({ status: 200, body: { notices: parts.notices(given(query.function)) } })),
  );
  router.get('/logs', (request, response) => {
    const { functionName, ...query } = logQueryOf(request.query);
    const whole = { ...query, ...(functionName !== undefined && { functionName }) };
    const lines = select(whole, parts.journal.lines());
    const isUnknown =
      functionName !== undefined &&
      !parts.functions().some(({ name }) => name === functionName) &&
      !parts.journal.lines().some((line) => isOf(line, functionName));
    if (isUnknown) {
      const message = `Function ${functionName} not found, and the log has no lines of it.`;
      return sendAnswer(response, { status: 404, body: { message } });
    }
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.write(lines.map(rendered).join(''));
    if (request.query.follow !== 'true') return response.end();
    // Sends the head immediately, so that a follower knows that it is connected.
    response.flushHeaders();
    const follower = new LogFollower(response, rendered);
    const stop = parts.journal.follow((batch) => {
      if (!isNarrow(whole)) follower.send(batch);
      else for (const line of eventsOf(batch)) if (matches(whole, line)) follower.send(line);
    });
    return response.on('close', stop);
  });
  return router;
}

function functionList(parts: OperatorParts): FunctionList {
  return { functions: parts.functions(), notices: parts.notices() };
}

function toEnvironmentRow(summary: EnvironmentSummary): EnvironmentRow {
  const { madeAtMs, lastUsedAtMs, memorySizeMiB, initDurationMs, ...rest } = summary;
  return {
    ...rest,
    madeAt: new Date(madeAtMs).toISOString(),
    ...(memorySizeMiB !== undefined && { memorySize: memorySizeMiB }),
    ...(lastUsedAtMs !== undefined && { lastInvokedAt: new Date(lastUsedAtMs).toISOString() }),
    ...(initDurationMs !== undefined && { initDurationMs: Math.round(initDurationMs * 100) / 100 }),
  };
}

/** Number of lines that are sent without a filter. */
const defaultTail = 100;

function logQueryOf(query: RoutedRequest['query']): LogQuery {
  const functionName = given(query.function);
  const sinceMs = Number(given(query.since) ?? Number.NaN);
  const contains = given(query.filter);
  const requestId = given(query.request);
  const tail = Number(given(query.tail) ?? Number.NaN);
  const isLastInvocation = query.invocation === 'last';
  const hasLimits = !Number.isNaN(sinceMs) || requestId !== undefined || isLastInvocation;
  return {
    ...(functionName !== undefined && { functionName }),
    ...(!Number.isNaN(sinceMs) && { sinceMs }),
    ...(contains !== undefined && { contains }),
    ...(requestId !== undefined && { requestId }),
    ...(isLastInvocation && { isLastInvocation }),
    ...(!Number.isNaN(tail) ? { tail } : hasLimits ? {} : { tail: defaultTail }),
  };
}

const rendered = (line: LogLine) => `${JSON.stringify(toLogRow(line))}\n`;
