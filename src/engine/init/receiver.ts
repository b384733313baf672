import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { createServer, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import type { OutputStream } from '../engine';

/** Descriptors that an init has handed over: the function's listening socket and the pipes of its runtime's output. */
export interface HandedOver {
  readonly listener: Server;
  readonly outputs: Readonly<Record<OutputStream, Socket>>;
}

/** The handover that one sandbox may make. */
export interface Expected {
  /** 32 hex digits that the init sends. */
  readonly token: string;
  /** Returns the descriptors if all have arrived. The caller then owns them and closes them with `endHandedOver`. */
  take(): HandedOver | undefined;
  /** Ends the expectation. */
  forget(): void;
  /**
   * The init offered descriptors and waited a second without an answer. Later inits do not offer, so they do not wait.
   */
  unanswered(): void;
}

const socketName = 'receiver.sock';

/** Token of the program's first descriptors, a trial: one listening socket and three pipes. */
const trialToken = 'trial';
const trialLastNumber = 3;
/** Counted from the program's first message; the trial descriptors follow it on the same channel. */
const trialLimitMs = 100;

/**
 * Receives descriptors from inits that share the kernel, so that they need not relay a function's bytes. Node.js
 * receives descriptors only over the channel of a child process
 * (https://nodejs.org/api/child_process.html#example-sending-a-socket-object). That child is `init receive`: it accepts
 * them from inits on a Unix socket and sends them as a Node.js child would. Without it, inits relay.
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
   * `binary` is the init's path; the socket is made in `folder`. Resolves to undefined if the program does not run, as
   * on systems other than Linux, or if Node.js does not receive its descriptors within 100 ms: then inits relay. `lost`
   * is called once if the program ends or does not answer an init: descriptors stay, and later inits relay.
   */
  static async open(
    binary: string,
    folder: string,
    clock: Clock,
    lost: () => void = () => undefined,
  ): Promise<Receiver | undefined> {
    // Runs in the folder, since a Unix socket's address has room for a path of 107 bytes.
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
    // The child ends when this process does; this process need not wait for it.
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

  /**
   * Lets an init that has `folder` mounted hand over. Resolves to undefined if it cannot reach the receiver's socket.
   */
  async expect(folder: string): Promise<Expected | undefined> {
    if (!this.#isUsable || !this.#child.connected) return undefined;
    const path = join(folder, socketName);
    try {
      // A hard link of a socket's file leads to the same socket.
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

  /**
   * Whether the trial has arrived. It allows two more turns, so that a blocked event loop does not look like a refusal.
   */
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

  /** Handles `TOKEN NUMBER`; numbers arrive in order. */
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
  // Half-open sockets stay open: a process may end its request and wait for the response.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }).listen(received);
  return { listener, outputs: { stdout, stderr, telemetry } };
}

function endAll(handles: readonly (Server | Socket)[]): void {
  for (const each of handles) {
    if (each instanceof Server) each.close();
    else each.destroy();
  }
}
