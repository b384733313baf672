import type { IncomingMessage, Server } from 'node:http';
import express, { type Router } from 'express';
import { decodedSegment } from '../lib/uri';
import { answering, renderingErrors, sendAnswer, sendError } from './edge';
import { type Invoked, type InvokeParts, invoke } from './invoke';
import { lambdaApi } from './lambda-api';
import type { Operations } from './operations';
import type { Keys } from './signature';
import { verify, verifying } from './verifying';

const operatorPath = /^\/_lambdock(?:[/?]|$)/;
const invocationPath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations\/?(?:\?(.*))?$/;

/** The one server that callers speak to: Lambda's API, and the operator's under `/_lambdock`. */
export function serveControlPlane(
  server: Server,
  parts: InvokeParts & {
    /** Takes up what has been deployed elsewhere, so that no request is answered from before it. Does not throw. */
    readonly follow: () => void;
  },
  /** Answers below `/_lambdock`. */
  operator: Router,
  operations: Operations,
  /** Whose signatures are verified; absent where any is believed. */
  keys?: Keys,
): void {
  const api = lambdaApi(operations, parts);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (keys !== undefined) app.use(verifying(keys, parts.nowMs));
  app.use('/_lambdock', operator);
  app.use(answering(api));
  app.use(renderingErrors(parts.fail));
  // A function may run for 15 minutes before its caller hears anything.
  server.requestTimeout = 0;
  server.timeout = 0;
  // Longer than SDKs keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = 75_000;
  const handled = (request: IncomingMessage) => {
    const invoked = invocationOf(request);
    return invoked === undefined ? api(request) : invoke(request, invoked, parts);
  };
  const answered = (request: IncomingMessage) =>
    keys === undefined ? handled(request) : verify(request, keys, parts.nowMs()).then(() => handled(request));
  server.on('request', (request, response) => {
    parts.follow();
    if (operatorPath.test(request.url ?? '')) {
      app(request, response);
      return;
    }
    // Lambda's own API goes past the framework, which took a fifth of the time that is spent on a call here.
    answered(request)
      .then((answer) => sendAnswer(response, answer))
      .catch((error: unknown) => sendError(response, error, parts.fail));
  });
}

function invocationOf({ method, url = '' }: IncomingMessage): Invoked | undefined {
  const [, name, query] = (method === 'POST' && invocationPath.exec(url)) || [];
  if (name === undefined) return undefined;
  const qualifier = query === undefined ? null : new URLSearchParams(query).get('Qualifier');
  const functionName = decodedSegment(name);
  return qualifier ? { functionName, qualifier } : { functionName };
}
