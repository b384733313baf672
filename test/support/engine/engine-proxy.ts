import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { TemporaryFolder } from '../lib/temporary-folder';

const refusalText = JSON.stringify({ message: 'the disk of the engine is full' });
const refusal = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${refusalText.length}\r\nConnection: close\r\n\r\n${refusalText}`;

/** A socket in front of the engine's own, so that the engine can be made to go away and to come back. */
export class EngineProxy implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #mode: 'through' | 'silent' | 'failing' = 'through';
  #delayMs = 0;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async start(): Promise<EngineProxy> {
    const proxy = new EngineProxy(await TemporaryFolder.make());
    await proxy.comeBack();
    return proxy;
  }

  /** As in `DOCKER_HOST`. */
  get address(): string {
    return `unix://${this.#path}`;
  }

  get #path(): string {
    return join(this.#folder.path, 'engine.sock');
  }

  async comeBack(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      if (this.#mode !== 'through') {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
        if (this.#mode === 'failing') socket.once('data', () => socket.end(refusal));
        else socket.resume();
        return;
      }
      const engine = createConnection({ path: '/var/run/docker.sock', allowHalfOpen: true });
      for (const [one, other] of [
        [socket, engine],
        [engine, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        if (one === engine && this.#delayMs > 0) one.pipe(delayed(this.#delayMs)).pipe(other);
        else one.pipe(other);
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#path, resolve));
  }

  /** Every connection breaks once; new ones work. */
  cut(): void {
    this.#change('through');
  }

  /** Every answer on a new connection comes so much later, from one piece to the next. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
    this.#change('through');
  }

  /** Every connection breaks; new ones are taken, and nothing is answered. */
  hang(): void {
    this.#change('silent');
  }

  /** Every connection breaks; whatever is asked from now on fails. */
  fail(): void {
    this.#change('failing');
  }

  /** After `hang` or `fail`. */
  recover(): void {
    this.#change('through');
  }

  #change(mode: 'through' | 'silent' | 'failing'): void {
    this.#mode = mode;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Every connection breaks, and no new one is taken. */
  async goAway(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await rm(this.#path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goAway();
    await this.#folder[Symbol.asyncDispose]();
  }
}

function delayed(delayMs: number): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => done(null, chunk), delayMs);
    },
  });
}
