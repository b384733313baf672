import { randomBytes } from 'node:crypto';
import { chmod, open, rm } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Alarm, Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import { errnoOf } from '../../lib/errno';
import { EngineError } from '../engine';
import { decode, FrameError, FrameReader } from './frames';
import { parseGreeting, readLine } from './greeting';
import { InitConnection } from './init-connection';
import { type Expected, endHandedOver, type HandedOver, type Receiver } from './receiver';

export type GateOptions =
  | {
      readonly transport: 'unix';
      /** The folder that is mounted at `/.lambdock` in the sandbox; the socket is `api.sock` in it. */
      readonly folder: string;
      /** Absent if inits relay. */
      readonly receiver?: Receiver;
    }
  | {
      readonly transport: 'tcp';
      readonly bindHost: string;
      /** Name or address by which the sandbox reaches `bindHost`. */
      readonly advertisedHost: string;
    };

/** The longest path that fits into a Unix socket's address (Linux's sun_path without the zero), in bytes. */
const longestSocketPath = 107;

/**
 * Most connections that may not have sent their first line. An init sends it at once; further ones are a function's.
 */
const greetingsMost = 32;
const greetingLimitMs = 10_000;

/** The listener to which one sandbox's init connects. No other process runs before the control connection is made. */
export class Gate {
  /** The first argument of the init: the address that it connects to. */
  readonly address: string;
  readonly #server: Server;
  readonly #secret: string | undefined;
  readonly #release: () => Promise<void>;
  readonly #expected: Expected | undefined;
  readonly #arrival = deferred<InitConnection>();
  readonly #clock: Clock;
  /** Connections that have not sent their first line; the oldest is first. */
  readonly #greeting = new Map<Socket, Alarm>();
  #control: Socket | undefined;
  #connection: InitConnection | undefined;

  /** Rejects with the system error if it cannot listen. */
  static open(options: GateOptions, clock: Clock): Promise<Gate> {
    return options.transport === 'unix' ? Gate.#openUnix(options, clock) : Gate.#openTcp(options, clock);
  }

  static async #openUnix(
    { folder, receiver }: GateOptions & { transport: 'unix' },
    clock: Clock,
  ): Promise<Gate> {
    const server = newServer();
    const path = join(folder, 'api.sock');
    await rm(path, { force: true });
    // A path that is too long for a socket address is shortened through `/proc/self/fd` of the open folder.
    const handle = Buffer.byteLength(path) > longestSocketPath ? await open(folder) : undefined;
    try {
      await listening(server, { path: handle ? `/proc/self/fd/${handle.fd}/api.sock` : path });
      await chmod(path, 0o666); // the sandbox runs as another user
    } catch (error) {
      server.close();
      await handle?.close();
      throw error;
    }
    const expected = await receiver?.expect(folder);
    const address = `unix:/.lambdock/api.sock${expected === undefined ? '' : `:${expected.token}`}`;
    return new Gate(server, address, undefined, clock, async () => handle?.close(), expected);
  }

  static async #openTcp(options: GateOptions & { transport: 'tcp' }, clock: Clock): Promise<Gate> {
    const server = newServer();
    await listening(server, { host: options.bindHost, port: 0 }).catch((error: unknown) => {
      // Podman makes a bridge, and with it this address, when the first container joins the network.
      if (errnoOf(error) !== 'EADDRNOTAVAIL') throw error;
      return listening(server, { host: '0.0.0.0', port: 0 });
    });
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const secret = randomBytes(16).toString('hex');
    const address = `tcp:${options.advertisedHost}:${port}:${secret}`;
    return new Gate(server, address, secret, clock, async () => undefined);
  }

  private constructor(
    server: Server,
    address: string,
    secret: string | undefined,
    clock: Clock,
    release: () => Promise<void>,
    expected?: Expected,
  ) {
    this.address = address;
    this.#server = server;
    this.#secret = secret;
    this.#clock = clock;
    this.#release = release;
    this.#expected = expected;
    this.#arrival.promise.catch(() => undefined); // it may be closed before a caller awaits it
    server.on('connection', (socket) => this.#greet(socket));
  }

  /** Resolves at the init's hello; rejects with `EngineError` of kind `sandbox-failed` at the limit or when closed. */
  async waiting(timeoutMs: number): Promise<InitConnection> {
    const late = deferred<never>();
    const alarm = this.#clock.alarm(this.#clock.now() + timeoutMs, () =>
      late.reject(
        new EngineError('sandbox-failed', `the sandbox's init did not connect within ${timeoutMs} ms`),
      ),
    );
    try {
      return await Promise.race([this.#arrival.promise, late.promise]);
    } finally {
      alarm.clear();
    }
  }

  /** Accepts no more connections. Accepted ones stay open until the sandbox ends. */
  async close(): Promise<void> {
    this.#server.close();
    this.#fail('its gate was closed before its init connected');
    for (const socket of this.#greeting.keys()) socket.destroy();
    if (this.#connection === undefined) this.#control?.destroy();
    this.#expected?.forget();
    await this.#release();
  }

  /** Descriptors that arrived after their init stopped waiting for the answer are closed. */
  #handedOver(isSaid: boolean): HandedOver | undefined {
    const taken = this.#expected?.take();
    if (!isSaid) this.#expected?.unanswered();
    if (isSaid && taken === undefined) throw new FrameError('its descriptors have not arrived');
    if (isSaid || taken === undefined) return taken;
    endHandedOver(taken);
    return undefined;
  }

  #fail(reason: string): void {
    this.#arrival.reject(new EngineError('sandbox-failed', `the sandbox did not start: ${reason}`));
  }

  /** Limits the number and time of first lines, since a function can connect to its init's Unix socket too. */
  #greet(socket: Socket): void {
    const [oldest] = this.#greeting.keys();
    if (this.#greeting.size === greetingsMost) oldest?.destroy();
    socket.setNoDelay(true);
    const alarm = this.#clock.alarm(this.#clock.now() + greetingLimitMs, () => socket.destroy());
    this.#greeting.set(socket, alarm);
    readLine(socket, (line) => {
      alarm.clear();
      this.#greeting.delete(socket);
      const greeting = line === undefined ? undefined : parseGreeting(line, this.#secret);
      if (greeting?.kind === 'control' && this.#control === undefined) this.#takeControl(socket);
      else if (greeting?.kind === 'relay' && this.#connection !== undefined) this.#connection.relayed(socket);
      else if (greeting?.kind === 'dial' && this.#connection !== undefined)
        this.#connection.dialled(greeting.id, socket);
      else socket.on('error', () => undefined).destroy();
    });
  }

  /** Takes the control connection. Its first frame must be a hello of this protocol version. */
  #takeControl(socket: Socket): void {
    this.#control = socket;
    const reader = new FrameReader();
    const refuse = (reason: string) => {
      socket.destroy();
      this.#fail(reason);
    };
    const onEnd = () => refuse('its init ended before its hello');
    const onData = (chunk: Buffer) => {
      try {
        const [first, ...more] = reader.push(chunk);
        if (first === undefined) return;
        const hello = decode(first);
        if (hello.is !== 'hello') throw new FrameError('its first frame is not a hello');
        const handedOver = this.#handedOver(hello.handedOver);
        socket.off('data', onData).off('end', onEnd).off('error', onEnd).off('close', onEnd);
        this.#connection = new InitConnection(socket, reader, hello, more, this.#clock, handedOver);
        this.#arrival.resolve(this.#connection);
      } catch (error) {
        refuse(`its init broke the protocol: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    socket.on('data', onData).on('end', onEnd).on('error', onEnd).on('close', onEnd);
  }
}

/** Half-open sockets stay open: a process may end its request and wait for the response. */
function newServer(): Server {
  return createServer({ allowHalfOpen: true });
}

function listening(server: Server, where: ListenOptions): Promise<void> {
  const ready = deferred<void>();
  server.once('error', ready.reject);
  server.listen(where, () => {
    server.off('error', ready.reject);
    ready.resolve();
  });
  return ready.promise;
}
