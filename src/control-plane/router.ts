import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { decodedSegment } from '../lib/uri';

/** What a request says below the path at which its router is. */
export interface RoutedRequest extends IncomingMessage {
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** A parameter that is there several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a handler returns that leaves the request to the next route. */
export const skip = Symbol('skip');

/** Answers a request. @returns `skip` where it has not, else anything */
export type RequestHandler = (request: RoutedRequest, response: ServerResponse) => unknown;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: RequestHandler;
}

/** Routes by method and path. A `:name` in a path stands for one segment. */
export class Router {
  readonly #routes: Route[] = [];

  get(path: string, handler: RequestHandler): void {
    this.#add('GET', path, handler);
  }

  post(path: string, handler: RequestHandler): void {
    this.#add('POST', path, handler);
  }

  /** Takes another's routes. */
  use(other: Router): void {
    this.#routes.push(...other.#routes);
  }

  /**
   * Resolves to whether a route has answered. Rejects with what its handler throws.
   * @param below the path's beginning, which routes leave out
   */
  async handle(request: IncomingMessage, response: ServerResponse, below: string): Promise<boolean> {
    const [target = '', search] = (request.url ?? '').split('?', 2);
    const path = target.slice(below.length) || '/';
    // The server sends the answer to HEAD without its body.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    for (const { pattern, handler, ...route } of this.#routes) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found === null) continue;
      const params = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decodedSegment(text)]);
      const routed = Object.assign(request, { params: Object.fromEntries(params), query: queryOf(search) });
      if ((await handler(routed, response)) !== skip) return true;
    }
    return false;
  }

  #add(method: string, path: string, handler: RequestHandler): void {
    const pattern = path.replace(/\/$/, '').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)');
    this.#routes.push({ method, pattern: new RegExp(`^${pattern}/?$`), handler });
  }
}

function queryOf(search = ''): RoutedRequest['query'] {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const before = Object.hasOwn(query, name) ? query[name] : undefined;
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

/** Sends a file as a whole; `skip` where it does not exist. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: OutgoingHttpHeaders,
): Promise<unknown> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true) return skip;
  response.writeHead(200, { ...headers, 'Content-Length': stats.size });
  if (request.method === 'HEAD') return response.end();
  return pipeline(createReadStream(path), response).catch((error: NodeJS.ErrnoException) => {
    // The client has closed the connection.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
