import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { createServer, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import type { OutputStream } from '../engine';

/** What an init has handed over: the socket that the function connects to, and the output of its runtime. */
export interface HandedOver {
  readonly listener: Server;
  readonly outputs: Readonly<Record<OutputStream, Socket>>;
}

/** A handover that one sandbox may make. */
export interface Expected {
  /** 32 hex digits, which its init sends. */
  readonly token: string;
  /** The descriptors, if all have arrived. They belong to the caller then, who ends them with `endHandedOver`. */
  take(): HandedOver | undefined;
  /** Nothing is expected any more. */
  forget(): void;
  /** The init offered and had no answer, for which it waited a second. No later init is made to wait. */
  unanswered(): void;
}

const socketName = 'receiver.sock';

/** What the program passes first, of its own: one listening socket and three pipes. */
const trialToken = 'trial';
const trialLastNumber = 3;
/** From the program's first message on; its descriptors are behind that on the same channel. */
const trialLimitMs = 100;

/**
 * Takes over the descriptors of inits that share our kernel, so that a function's bytes need not be relayed. Node.js
 * receives descriptors only over the channel of a child process
 * (https://nodejs.org/api/child_process.html#example-sending-a-socket-object). That child is `init receive`: it takes them
 * from inits at a Unix socket and sends them as a Node.js child would. Without it, inits relay.
 */
export class Receiver {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<void>;
  readonly #trial = deferred<boolean>();
  #isClosing = false;
  #isUsable = true;
  readonly #arriving = new Map<string, (Server | Socket)[]>();

  /**
   * `binary` is the init's; the socket lies in `folder`. Resolves to undefined where the program does not run here, as on
   * another system than Linux, or this Node.js does not take its descriptors within 100 ms: inits relay then, unasked.
   * `lost` is called once when it ends or does not answer an init: what was handed over stays, and later inits relay.
   */
  static async open(
    binary: string,
    folder: string,
    clock: Clock,
    lost: () => void = () => undefined,
  ): Promise<Receiver | undefined> {
    // From within the folder, since a Unix socket's address has room for 107 bytes of path.
    const child = spawn(binary, ['receive', socketName], {
      // A signal to our process group must not end it before the functions have shut down.
      detached: true,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    const isReady = deferred<boolean>();
    child.once('message', () => isReady.resolve(true));
    child.once('error', () => isReady.resolve(false));
    child.once('exit', () => isReady.resolve(false));
    const receiver = new Receiver(child, folder, lost);
    if (!((await isReady.promise) && (await receiver.#isTaking(clock)))) {
      await receiver.close();
      return undefined;
    }
    // It ends when this process does, which need not wait for it.
    child.unref();
    child.channel?.unref();
    child.once('exit', () => receiver.#giveUp());
    return receiver;
  }

  private constructor(
    child: ChildProcess,
    folder: string,
    private readonly lost: () => void,
  ) {
    this.#child = child;
    this.#folder = folder;
    const ended = deferred<void>();
    this.#ended = ended.promise;
    child.once('exit', () => ended.resolve());
    child.on('error', () => ended.resolve());
    child.on('message', (message, handle) => this.#receive(String(message), handle));
  }

  /** Lets an init that sees `folder` hand over. Resolves to undefined where it cannot reach the receiver's socket. */
  async expect(folder: string): Promise<Expected | undefined> {
    if (!this.#isUsable || !this.#child.connected) return undefined;
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
      unanswered: () => this.#giveUp(),
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

  /** Whether the trial has come through. A blocked event loop must not look like a refusal, so two more turns count. */
  #isTaking(clock: Clock): Promise<boolean> {
    const refuse = () => this.#trial.resolve(false);
    const alarm = clock.alarm(clock.now() + trialLimitMs, () => setImmediate(() => setImmediate(refuse)));
    this.#child.once('exit', refuse);
    return this.#trial.promise.finally(() => alarm.clear());
  }

  #giveUp(): void {
    if (this.#isClosing || !this.#isUsable) return;
    this.#isUsable = false;
    this.lost();
  }

  /** `TOKEN NUMBER`; the numbers are in order. */
  #receive(message: string, handle: unknown): void {
    if (!(handle instanceof Server || handle instanceof Socket)) return;
    handle.on('error', () => undefined);
    if (message === `${trialToken} ${trialLastNumber}`) this.#trial.resolve(true);
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
