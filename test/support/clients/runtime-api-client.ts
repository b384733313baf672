import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { FunctionIdentity, RuntimeEvents, RuntimeLink } from '../../../src/execution/runtime-link';
import { RuntimeApi } from '../../../src/runtime-api/runtime-api';

/** The answers on a connection, one after another; undefined when it ended. */
export async function* answers(socket: Socket): AsyncGenerator<ApiAnswer, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    for (let end = bytes.indexOf('\r\n\r\n'); end >= 0; end = bytes.indexOf('\r\n\r\n')) {
      const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
      const headers = Object.fromEntries(fields.map((field) => field.split(': ', 2) as [string, string]));
      const whole = end + 4 + Number(headers['Content-Length']);
      if (bytes.length < whole) break;
      yield { status: Number(line.split(' ')[1]), headers, body: bytes.subarray(end + 4, whole) };
      bytes = bytes.subarray(whole);
    }
  }
  if (bytes.length > 0) throw new Error(`a connection ended in the middle of an answer: ${bytes}`);
  return undefined;
}

export interface Heard {
  readonly event: keyof RuntimeEvents;
  readonly detail?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * How the client of a test writes its requests: as runtimes do, or with `Connection: close`, which few do. The Runtime
 * API reads the usual polls and responses by itself and leaves everything else to node:http; clients must not notice which.
 */
export type Form = 'usual' | 'unusual';

/** One environment's side of the real Runtime API, reached over real sockets as a runtime in a sandbox reaches it. */
export class RuntimeApiUnderTest implements AsyncDisposable {
  readonly heard: Heard[] = [];
  readonly link: RuntimeLink;
  /** How many bytes the newest connection had been sent when the last event was heard. */
  sentWhenHeard = 0;
  #newest: Socket | undefined;
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => {
    this.#newest = socket;
    this.link.accept(socket);
  });
  readonly #agent = new Agent({ keepAlive: false });
  #waiting: (() => void)[] = [];

  constructor(
    private readonly form: Form = 'usual',
    identity: Partial<FunctionIdentity> = {},
  ) {
    const tell = (event: Heard['event']) => (detail?: unknown) => {
      this.sentWhenHeard = this.#newest?.bytesWritten ?? 0;
      this.heard.push(detail === undefined ? { event } : { event, detail });
      for (const wake of this.#waiting.splice(0)) wake();
    };
    const parked = tell('parked');
    this.link = new RuntimeApi().openLink(
      {
        parked: (participant, stamp) => parked(participant === 'runtime' ? stamp : participant),
        // With every response, whose own event follows.
        responding: () => undefined,
        restoreDue: tell('restoreDue'),
        restoring: tell('restoring'),
        restored: tell('restored'),
        answered: tell('answered'),
        initFailed: tell('initFailed'),
        extensionRegistered: tell('extensionRegistered'),
        extensionFailed: tell('extensionFailed'),
        subscribed: tell('subscribed'),
      },
      {
        functionName: 'hello',
        functionVersion: '$LATEST',
        handler: 'app.handler',
        accountId: '000000000000',
        ...identity,
      },
    );
  }

  static async open(form?: Form, identity?: Partial<FunctionIdentity>): Promise<RuntimeApiUnderTest> {
    const api = new RuntimeApiUnderTest(form, identity);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when as many events have been heard. */
  async hear(count: number): Promise<void> {
    while (this.heard.length < count) await new Promise<void>((wake) => this.#waiting.push(wake));
  }

  /** @param path of the Runtime API, or absolute */
  call(
    method: string,
    path: string,
    options: {
      headers?: Record<string, string>;
      body?: Buffer | string | Buffer[];
      trailers?: Record<string, string>;
    } = {},
  ): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const { port } = this;
      const request = httpRequest({
        agent: this.#agent,
        host: '127.0.0.1',
        port,
        method,
        path: path.startsWith('/') ? path : `/2018-06-01/runtime/${path}`,
        headers: { connection: this.form === 'usual' ? 'keep-alive' : 'close', ...options.headers },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
        response.on('error', reject);
      });
      if (Array.isArray(options.body)) for (const chunk of options.body) request.write(chunk);
      if (options.trailers) request.addTrailers(options.trailers);
      request.end(Array.isArray(options.body) ? undefined : options.body);
    });
  }

  /** A socket for those who write their own bytes. Ended by them, it still takes what comes. */
  async socket(): Promise<Socket> {
    const before = this.#newest;
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    while (this.#newest === before) await once(this.#server, 'connection');
    return socket;
  }

  /** Resolves when as many bytes of the newest connection have been read. */
  async read(count: number): Promise<void> {
    while ((this.#newest?.bytesRead ?? 0) < count) await new Promise<void>((next) => setImmediate(next));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.link.close();
    this.#agent.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
