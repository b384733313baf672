import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Sandbox } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import type { Clock } from '../../lib/clock';
import { errnoOf } from '../../lib/errno';

/** Delay between attempts to reach a debugger that the runtime has not opened yet. */
const againMs = 50;
/** A runtime with 128 MB may take that long to start on a busy machine. */
const patienceMs = 60_000;

interface OpenPort {
  readonly functionName: string;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/**
 * Ports of this machine that forward to debuggers in sandboxes. A port stays open while versions of its function come
 * and go. A debugger that connects reaches the function's environment, or starts one.
 */
export class DebugPorts {
  readonly #ports = new Map<number, OpenPort>();
  #closed = false;

  constructor(
    private readonly host: string,
    private readonly clock: Clock,
    /** The sandbox of the function's only environment. */
    private readonly sandboxOf: (functionArn: string) => Promise<Sandbox | undefined>,
    private readonly say: (sentence: string) => void,
  ) {}

  /**
   * Opens the port of a version and closes other ports of its function. Resolves when the port is open or opening
   * failed.
   */
  async serve({ functionArn, functionName, debug }: FunctionVersion): Promise<void> {
    for (const [port, open] of this.#ports) {
      if (open.functionName === functionName && port !== debug?.port) this.#closePort(port);
    }
    if (debug === undefined || this.#closed || this.#ports.has(debug.port)) return;
    const { port } = debug;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
      void this.#connect(socket, functionArn, port);
    });
    this.#ports.set(port, { functionName, server, sockets });
    await new Promise<void>((resolve) => {
      server.once('error', (error) => {
        this.#ports.delete(port);
        const why = errnoOf(error) === 'EADDRINUSE' ? 'the port is in use' : error.message;
        this.say(
          `${functionName}: cannot open ${this.host}:${port} for its debugger: ${why}. Pass another port: --debug ${functionName}:${port + 1}`,
        );
        resolve();
      });
      server.listen(port, this.host, () => {
        // A container publishes the port on its host's loopback address.
        const reachable = this.host === '0.0.0.0' ? '127.0.0.1' : this.host;
        this.say(`${functionName}: a debugger can connect to ${reachable}:${port}`);
        resolve();
      });
    });
  }

  close(): void {
    this.#closed = true;
    for (const port of this.#ports.keys()) this.#closePort(port);
  }

  #closePort(port: number): void {
    const open = this.#ports.get(port);
    this.#ports.delete(port);
    open?.server.close();
    for (const socket of open?.sockets ?? []) socket.destroy();
  }

  async #connect(socket: Socket, functionArn: string, port: number): Promise<void> {
    const inner = await this.#dial(socket, functionArn, port).catch(() => undefined);
    if (inner === undefined) {
      socket.destroy();
      return;
    }
    const end = () => {
      socket.destroy();
      inner.destroy();
    };
    inner.on('error', end).on('close', end);
    socket.on('error', end).on('close', end);
    socket.pipe(inner);
    inner.pipe(socket);
  }

  /** Retries until the runtime has opened its debugger, as long as the client waits. */
  async #dial(socket: Socket, functionArn: string, port: number): Promise<Duplex | undefined> {
    const endMs = this.clock.now() + patienceMs;
    while (!this.#closed && !socket.destroyed && this.clock.now() < endMs) {
      const sandbox = await this.sandboxOf(functionArn);
      if (sandbox === undefined) return undefined;
      const inner = await sandbox.dial(port).catch(() => undefined);
      if (inner !== undefined) return inner;
      await new Promise<void>((resolve) => this.clock.alarm(this.clock.now() + againMs, resolve));
    }
    return undefined;
  }
}
