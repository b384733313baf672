import type { Server } from 'node:http';
import express from 'express';
import { answering, renderingErrors } from './edge';
import { type InvokeParts, invokeHandler } from './invoke';
import { lambdaApi } from './lambda-api';
import type { Operations } from './operations';
import { type OperatorParts, operatorRoutes } from './operator';
import type { Keys } from './signature';
import { verifying } from './verifying';

/** The one server that callers speak to: Lambda's API, and the operator's under `/_lambdock`. */
export function serveControlPlane(
  server: Server,
  invoke: InvokeParts,
  operator: OperatorParts,
  operations: Operations,
  /** Whose signatures are verified; absent where any is believed. */
  keys?: Keys,
): void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (keys !== undefined) app.use(verifying(keys, invoke.nowMs));
  // First, since it is the warm path: every route before it would be tried on each call.
  app.post('/2015-03-31/functions/:functionName/invocations', answering(invokeHandler(invoke)));
  app.use('/_lambdock', operatorRoutes(operator));
  app.use(answering(lambdaApi(operations, invoke)));
  app.use(renderingErrors(invoke.fail));
  // A function may run for 15 minutes before its caller hears anything.
  server.requestTimeout = 0;
  server.timeout = 0;
  // Longer than SDKs keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = 75_000;
  server.on('request', app);
}
