import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpExchange } from '../http-exchange';
import { allow, sendNotFound } from '../plain-answers';
import type { ExtensionSession } from './extension-session';

const prefix = '/2020-01-01/extension/';

/** Handles a request of the Extensions API; returns false for other APIs. */
export function extensionRequest(
  path: string,
  session: ExtensionSession,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (!path.startsWith(prefix)) return false;
  const operation = path.slice(prefix.length);
  const route = routes.get(operation);
  if (route === undefined) sendNotFound(request, response);
  else if (allow(route.method, request, response)) route.handle(session, new HttpExchange(request, response));
  return true;
}

interface Route {
  readonly method: string;
  handle(session: ExtensionSession, exchange: HttpExchange): void;
}

const routes: ReadonlyMap<string, Route> = new Map([
  ['register', { method: 'POST', handle: (session, exchange) => session.register(exchange) }],
  ['event/next', { method: 'GET', handle: (session, exchange) => session.next(exchange) }],
  ['init/error', { method: 'POST', handle: (session, exchange) => session.failInit(exchange) }],
  ['exit/error', { method: 'POST', handle: (session, exchange) => session.exit(exchange) }],
] satisfies [string, Route][]);
