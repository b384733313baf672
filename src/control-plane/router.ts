import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Application, Request, Response } from 'express';

/** A request with its path relative to the router. */
export type RoutedRequest = Request<Record<string, string>>;

/** A handler returns it to pass the request to the next route. */
export const skip = Symbol('skip');

/** Handles a request. @returns `skip` if it did not respond */
export type RequestHandler = (request: RoutedRequest, response: Response) => unknown;

interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly handler: RequestHandler;
}

/**
 * Routes by method and path, in express syntax. Loads express at the first request, since it would delay each start.
 */
export class Router {
  readonly #routes: Route[] = [];
  #app?: Promise<Application>;
  readonly #answered = new WeakMap<ServerResponse, () => void>();

  get(path: string, handler: RequestHandler): void {
    this.#routes.push({ method: 'get', path, handler });
  }

  post(path: string, handler: RequestHandler): void {
    this.#routes.push({ method: 'post', path, handler });
  }

  /** Adds the routes of another router. */
  use(other: Router): void {
    this.#routes.push(...other.#routes);
  }

  /**
   * Resolves to whether a route has responded. Rejects with the error that its handler throws.
   * @param below prefix of the path, which routes leave out; must be the same for each request
   */
  async handle(request: IncomingMessage, response: ServerResponse, below: string): Promise<boolean> {
    this.#app ??= this.#load(below);
    const app = await this.#app;
    return new Promise((resolve, reject) => {
      this.#answered.set(response, () => resolve(true));
      app(request as Request, response as Response, (error?: unknown) => {
        // A path that cannot be decoded matches no route.
        if (error === undefined || (error as { readonly status?: number }).status === 400) resolve(false);
        else reject(error);
      });
    });
  }

  async #load(below: string): Promise<Application> {
    const { default: express } = await import('express');
    const app = express().disable('x-powered-by').disable('etag');
    for (const { method, path, handler } of this.#routes) {
      // The whole path, so that handlers see the address as it was asked for.
      const whole = below + path.replace(/\/$/, '');
      app[method](whole, async (request: RoutedRequest, response: Response, next: () => void) => {
        if ((await handler(request, response)) === skip) next();
        else this.#answered.get(response)?.();
      });
    }
    return app;
  }
}

/** Sends a file, or the ranges of it that the request asks for. @returns `skip` if the file does not exist */
export function sendFile(response: Response, path: string, headers: OutgoingHttpHeaders): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = {
      headers,
      cacheControl: false,
      dotfiles: 'allow' as const,
      etag: false,
      lastModified: false,
    };
    response.sendFile(
      path,
      options,
      (error?: Error & { readonly status?: number; readonly code?: string }) => {
        if (error?.status === 404) resolve(skip);
        // The client has closed the connection.
        else if (error === undefined || error.code === 'ECONNABORTED') resolve(undefined);
        else reject(error);
      },
    );
  });
}
