import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../aws/limits';
import { type Body, readBody } from '../lib/http-body';
import type { Answer, BodyReader, Exchange } from './exchange';

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

  stream(reader: BodyReader): void {
    this.#isReceived = true;
    const request = this.#request;
    request.on('data', (chunk: Buffer) => {
      if (!reader.chunk(chunk, () => request.resume())) request.pause();
    });
    request.on('end', () => reader.end(true));
    request.on('close', () => {
      if (!request.complete) reader.end(false);
    });
    request.on('error', () => undefined);
  }

  answer({ status, headers, body }: Answer): void {
    if (!this.#isReceived) this.#request.resume();
    this.#response.writeHead(status, headers);
    this.#response.end(body);
  }
}
