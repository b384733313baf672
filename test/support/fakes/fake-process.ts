import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestListener,
} from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { OutputStream, ProcessExit, ProcessSpec } from '../../../src/engine/engine';
import { stampHeader } from '../../../src/execution/runtime-link';
import type { FakeSandbox } from './fake-sandbox';

/** What a process of a fake sandbox does. It exits with the number that this resolves to, or with 0. */
// biome-ignore lint/suspicious/noConfusingVoidType: a script that returns nothing is the usual one
export type Script = (process: FakeProcess) => number | void | Promise<number | void>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

class Ended extends Error {}

/** Keeps connections of an in-process stream alive: it has none of a socket's own methods. */
class PairAgent extends Agent {
  constructor(connect: () => Duplex) {
    super({ keepAlive: true });
    this.createConnection = connect;
  }

  override keepSocketAlive(): boolean {
    return true;
  }

  /** The request before this one is over, and its listener with it; Node's client takes it away from real sockets only. */
  override reuseSocket(socket: Duplex): void {
    socket.removeAllListeners('error');
  }
}

/**
 * A process of a fake sandbox, as its script sees it. Stopped by a freeze, it neither prints nor sends nor
 * receives until it is continued; once it has ended, what it still waits for never comes.
 */
export class FakeProcess {
  readonly #agent = new PairAgent(() => this.connect());
  readonly #sockets = new Set<Duplex>();
  readonly #ports = new Map<number, (socket: Duplex) => void>();
  #whenContinued: (() => void)[] = [];
  #stopped = false;
  #ended = false;
  #onTerm: (() => void) | undefined;
  memoryBytes = 0;

  constructor(
    readonly spec: ProcessSpec,
    readonly sandbox: FakeSandbox,
  ) {}

  get ended(): boolean {
    return this.#ended;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.spec.environment;
  }

  async run(script: Script): Promise<void> {
    try {
      await this.continued();
      const code = await script(this);
      await this.continued();
      this.end({ code: typeof code === 'number' ? code : 0, outOfMemory: false });
    } catch (error) {
      if (error instanceof Ended) return;
      this.print(`${error instanceof Error ? error.stack : String(error)}\n`, 'stderr');
      this.end({ code: 1, outOfMemory: false });
    }
  }

  print(text: string | Buffer, stream: OutputStream = 'stdout'): void {
    this.#whenRunning(() => this.sandbox.tellOutput(this, stream, Buffer.from(text)));
  }

  exit(code: number): never {
    this.end({ code, outOfMemory: false });
    throw new Ended();
  }

  /** Ends as if the signal had come from inside. */
  crash(signal: string): never {
    this.end({ signal, outOfMemory: false });
    throw new Ended();
  }

  /** Without a handler SIGTERM ends the process, as anywhere. */
  onSigterm(handler: () => void): void {
    this.#onTerm = handler;
  }

  /** Sets how much memory it holds; above the sandbox's limit every process is killed. */
  useMemory(bytes: number): void {
    this.memoryBytes = bytes;
    this.sandbox.accountMemory();
  }

  /** Resolves as soon as the process runs: at once where it is not stopped, never where it has ended. */
  continued(): Promise<void> {
    return new Promise((resolve) => this.#whenRunning(resolve));
  }

  /** Resolves never: for scripts that hang. */
  hang(): Promise<never> {
    return new Promise(() => undefined);
  }

  /** A connection to `127.0.0.1:9001`. */
  connect(): Duplex {
    const [ours, theirs] = duplexPair();
    this.#sockets.add(ours);
    ours.once('close', () => this.#sockets.delete(ours));
    ours.on('error', () => ours.destroy());
    this.sandbox.tellConnected(theirs);
    return ours;
  }

  /** One HTTP exchange with `127.0.0.1:9001`, over connections that are kept. */
  async http(method: string, path: string, { headers, body }: HttpOptions = {}): Promise<HttpAnswer> {
    await this.continued();
    await this.sandbox.barrier();
    const answer = await new Promise<HttpAnswer>((resolve, reject) => {
      const request = httpRequest({
        method,
        path,
        agent: this.#agent,
        headers: {
          host: '127.0.0.1:9001',
          // A poll for the next event, as far as a sandbox knows.
          ...(method === 'GET' && { [stampHeader]: this.sandbox.stamp() }),
          ...headers,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      });
      const failed = (error: Error) => this.#whenRunning(() => reject(error));
      request.on('error', failed);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      request.end(body);
    });
    await this.continued();
    return answer;
  }

  /** Serves HTTP on a port inside the sandbox, for `Sandbox.dial`. */
  listen(port: number, listener: RequestListener): void {
    const server = createServer(listener);
    this.#ports.set(port, (socket) => server.emit('connection', socket));
  }

  accept(port: number): Duplex | undefined {
    const serve = this.#ports.get(port);
    if (!serve) return undefined;
    const [ours, theirs] = duplexPair();
    this.#sockets.add(ours);
    serve(ours);
    return theirs;
  }

  stop(): void {
    this.#stopped = true;
  }

  continue(): void {
    this.#stopped = false;
    const waiting = this.#whenContinued;
    this.#whenContinued = [];
    for (const each of waiting) each();
  }

  terminate(): void {
    const onTerm = this.#onTerm;
    if (onTerm === undefined) this.end({ signal: 'SIGTERM', outOfMemory: false });
    this.continue();
    if (onTerm !== undefined && !this.#ended) onTerm();
  }

  end(exit: ProcessExit): void {
    if (this.#ended) return;
    this.#ended = true;
    this.memoryBytes = 0;
    this.#whenContinued = [];
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    this.sandbox.tellExited(this, exit);
  }

  #whenRunning(action: () => void): void {
    if (this.#ended) return;
    if (this.#stopped) this.#whenContinued.push(action);
    else action();
  }
}
