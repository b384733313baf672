import { Router } from 'express';
import { answering } from '../control-plane/edge';
import type { EnvironmentSummary } from '../execution/environment-summary';
import { TemplateError } from '../functions/template/problems';
import type { Journal } from '../telemetry/journal';
import { LogFollower } from '../telemetry/log-follower';
import type { LogLine } from '../telemetry/log-line';
import type { EnvironmentRow, FunctionRow, Health, LogRow } from './contract';
import { type Queue, queueRoutes } from './queue';

export interface OperatorParts {
  readonly health: () => Omit<Health, 'status'>;
  readonly functions: () => readonly FunctionRow[];
  readonly environments: () => readonly EnvironmentSummary[];
  /** How many environments were asked to go; nothing where there is no such function. */
  readonly retire: (functionName: string) => number | undefined;
  /**
   * Deploys what the template says now; resolves when its functions are ready or have failed. Absent where the
   * template is not followed.
   * @throws {TemplateError}
   */
  readonly reload?: () => Promise<void>;
  readonly queue: Queue;
  readonly journal: Journal;
  /** Where the zip of this hash lies; undefined where it does not exist. */
  readonly zipFile: (hash: string) => Promise<string | undefined>;
}

/** What the command line asks of a running lambdock; not part of Lambda. */
export function operatorRoutes(parts: OperatorParts): Router {
  const router = Router();
  router.use(queueRoutes(parts.queue));
  router.get(
    '/health',
    answering(() => ({ status: 200, body: { status: 'ok', ...parts.health() } })),
  );
  router.get(
    '/functions',
    answering(() => ({ status: 200, body: { functions: parts.functions() } })),
  );
  router.get(
    '/environments',
    answering(() => ({ status: 200, body: { environments: parts.environments().map(toEnvironmentRow) } })),
  );
  router.post(
    '/functions/:name/retire',
    answering((request) => {
      const name = String(request.params.name);
      const retired = parts.retire(name);
      return retired === undefined
        ? { status: 404, body: { message: `There is no function ${name}` } }
        : { status: 200, body: { retired } };
    }),
  );
  router.post(
    '/reload',
    answering(async () => {
      if (parts.reload === undefined) {
        const message =
          'The template is not followed, since watch is off. What it says is taken up when lambdock starts again.';
        return { status: 409, body: { message } };
      }
      try {
        await parts.reload();
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        return { status: 400, body: { message: `What runs goes on as it was. ${error.message}` } };
      }
      return { status: 200, body: { functions: parts.functions() } };
    }),
  );
  // What `Code.Location` says: without a signature, as a presigned address of S3 needs none.
  router.get('/code/:name', async (request, response, next) => {
    const hash = /^([0-9a-f]{64})\.zip$/.exec(request.params.name)?.[1];
    const file = hash === undefined ? undefined : await parts.zipFile(hash);
    if (file === undefined) return next();
    const headers = { 'Content-Type': 'application/zip' };
    response.sendFile(file, { headers, dotfiles: 'allow' }, (error) => error && next(error));
  });
  router.get('/logs', (request, response) => {
    const { function: asked, follow, tail } = request.query;
    const name = typeof asked === 'string' && asked !== '' ? asked : undefined;
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    const latest = parts.journal.latest(typeof tail === 'string' ? Number(tail) || 0 : 100, name);
    response.write(latest.map(rendered).join(''));
    if (follow !== 'true') {
      response.end();
      return;
    }
    // The head goes out at once, so that a follower knows that it follows.
    response.flushHeaders();
    const follower = new LogFollower(response, rendered);
    const stop = parts.journal.follow((batch) => {
      if (name === undefined || batch.functionName === name) follower.send(batch);
    });
    response.on('close', stop);
  });
  return router;
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

function rendered({ timeMs, functionName, functionVersion, logStream, requestId, text }: LogLine): string {
  const row: LogRow = {
    time: new Date(timeMs).toISOString(),
    functionName,
    functionVersion,
    logStream,
    ...(requestId !== undefined && { requestId }),
    text,
  };
  return `${JSON.stringify(row)}\n`;
}
