import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server that records requests and answers as its test says. */
export class RecordingServer implements AsyncDisposable {
  readonly requests: Recorded[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  answer: (request: Recorded, response: ServerResponse) => void = (_, response) => {
    response.writeHead(404).end();
  };

  /** At a free port, or at a Unix socket. */
  static async start(socketPath?: string): Promise<RecordingServer> {
    const server = new RecordingServer();
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      if (socketPath === undefined) server.#server.listen(0, '127.0.0.1', resolve);
      else server.#server.listen(socketPath, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.answer = (_, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(value));
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const recorded = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(recorded);
    this.answer(recorded, response);
  }
}
