import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { createServer, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { deferred } from '../../lib/deferred';
import type { OutputStream } from '../engine';

/** What an init has handed over: where the function connects to, and what its runtime prints. */
export interface HandedOver {
  readonly listener: Server;
  readonly outputs: Readonly<Record<OutputStream, Socket>>;
}

/** A sandbox that may hand over. */
export interface Expected {
  /** 32 hex digits, which its init shows. */
  readonly token: string;
  /** What has come by now, if all of it has. From then on it is the caller's, who ends it by `endHandedOver`. */
  take(): HandedOver | undefined;
  /** Nothing is expected any more. */
  forget(): void;
}

const socketName = 'receiver.sock';

/**
 * Takes over the descriptors of inits that share our kernel, so that nothing which a function or its runtime sends has to
 * be relayed. Node receives descriptors over the channel of a child process alone
 * (https://nodejs.org/api/child_process.html#example-sending-a-socket-object), so there is one: `init receive`, which takes them
 * from inits at a Unix socket and sends them on, as a child that is Node would. Where it is not there, inits relay.
 */
export class Receiver {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<void>;
  #isClosing = false;
  readonly #arriving = new Map<string, (Server | Socket)[]>();

  /**
   * `binary` is the init's; the socket lies in `folder`. Resolves to undefined where the program does not run here, as on
   * another system than Linux. `lost` is called when it ends by itself: what was handed over stays, and later inits relay.
   */
  static async open(
    binary: string,
    folder: string,
    lost: () => void = () => undefined,
  ): Promise<Receiver | undefined> {
    // From within the folder, since a Unix socket's address has little room for a path.
    const child = spawn(binary, ['receive', socketName], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    const isReady = deferred<boolean>();
    child.once('message', () => isReady.resolve(true));
    child.once('error', () => isReady.resolve(false));
    child.once('exit', () => isReady.resolve(false));
    const receiver = new Receiver(child, folder);
    if (!(await isReady.promise)) {
      await receiver.close();
      return undefined;
    }
    // It ends when we do: nobody has to wait for it.
    child.unref();
    child.channel?.unref();
    child.once('exit', () => {
      if (!receiver.#isClosing) lost();
    });
    return receiver;
  }

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    const ended = deferred<void>();
    this.#ended = ended.promise;
    child.once('exit', () => ended.resolve());
    child.on('error', () => ended.resolve());
    child.on('message', (message, handle) => this.#receive(String(message), handle));
  }

  /** Lets an init that sees `folder` hand over. Resolves to undefined where it cannot get at the receiver's socket. */
  async expect(folder: string): Promise<Expected | undefined> {
    if (!this.#child.connected) return undefined;
    const path = join(folder, socketName);
    try {
      // A socket is found by its file, whatever name that goes by.
      await link(join(this.#folder, socketName), path);
    } catch {
      return undefined;
    }
    const token = randomBytes(16).toString('hex');
    this.#arriving.set(token, []);
    return {
      token,
      take: () => {
        const arrived = this.#arriving.get(token) ?? [];
        this.#arriving.delete(token);
        const handedOver = complete(arrived);
        if (handedOver === undefined) endAll(arrived);
        return handedOver;
      },
      forget: () => {
        endAll(this.#arriving.get(token) ?? []);
        this.#arriving.delete(token);
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#child.ref();
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
    for (const arrived of this.#arriving.values()) endAll(arrived);
    this.#arriving.clear();
    await rm(join(this.#folder, socketName), { force: true });
  }

  /** `TOKEN NUMBER`; the numbers are in order. */
  #receive(message: string, handle: unknown): void {
    if (!(handle instanceof Server || handle instanceof Socket)) return;
    handle.on('error', () => undefined);
    const arrived = this.#arriving.get(message.split(' ')[0] ?? '');
    if (arrived === undefined) endAll([handle]);
    else arrived.push(handle);
  }
}

export function endHandedOver({ listener, outputs }: HandedOver): void {
  endAll([listener, ...Object.values(outputs)]);
}

function complete([received, stdout, stderr, telemetry, ...more]: readonly (Server | Socket)[]):
  | HandedOver
  | undefined {
  if (!(received instanceof Server) || more.length > 0) return undefined;
  if (!(stdout instanceof Socket && stderr instanceof Socket && telemetry instanceof Socket))
    return undefined;
  // Half-open sockets stay open: a process inside may end its request and still wait for the answer.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }).listen(received);
  return { listener, outputs: { stdout, stderr, telemetry } };
}

function endAll(handles: readonly (Server | Socket)[]): void {
  for (const each of handles) {
    if (each instanceof Server) each.close();
    else each.destroy();
  }
}
