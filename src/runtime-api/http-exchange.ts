import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../aws/limits';
import { type Body, readBody } from '../lib/http-body';
import type { Answer, Exchange } from './exchange';

/** A request that node:http has read. */
export class HttpExchange implements Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #isReceived = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get gone(): boolean {
    return this.#response.destroyed;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  trailer(name: string): string | undefined {
    return this.#request.trailers[name];
  }

  receive(done: (body: Body) => void): void {
    this.#isReceived = true;
    readBody(this.#request, limits.syncPayloadBytes, done);
  }

  answer({ status, headers, body }: Answer): void {
    if (!this.#isReceived) this.#request.resume();
    this.#response.writeHead(status, headers);
    this.#response.end(body);
  }
}
