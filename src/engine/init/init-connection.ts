import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Alarm, Clock } from '../../lib/clock';
import { type Deferred, deferred } from '../../lib/deferred';
import {
  EngineError,
  type ExtensionFile,
  type FiguresOptions,
  type MemoryFigures,
  type OutputStream,
  type ProcessSpec,
  type SandboxListener,
} from '../engine';
import { decode, encode, type Frame, FrameError, type FrameReader, type InitEvent } from './frames';
import { OutputOrder } from './output-order';
import { endHandedOver, type HandedOver } from './receiver';

/** Pending answers to commands. An answer of its kind, or the end of the connection, settles each. */
interface Pending {
  readonly done: Deferred<boolean>;
  readonly memory: Deferred<MemoryFigures>;
  readonly extensions: Deferred<readonly ExtensionFile[]>;
  readonly dial: Deferred<Duplex>;
}
type Kind = keyof Pending;

/** The process whose output goes to the handed-over pipes, one per stream. */
const directProcess = 'runtime';

/** Most connections that an init relays at a time. */
const connectionsMost = 400;

/** The control connection of one sandbox's init, after its hello. It implements the init's part of `Sandbox`. */
export class InitConnection {
  readonly cgroupVersion: 0 | 1 | 2;
  readonly #control: Socket;
  readonly #reader: FrameReader;
  readonly #pending: { readonly [K in Kind]: Map<number, Pending[K]> } = {
    done: new Map(),
    memory: new Map(),
    extensions: new Map(),
    dial: new Map(),
  };
  /** Events from before the listener came. */
  #early: ((listener: SandboxListener) => void)[] = [];
  #listener: SandboxListener | undefined;
  /** Frames that have been read but not handled. */
  readonly #unhandled: Frame[] = [];
  #pausing = false;
  /** Number of handled frames, including the hello. */
  #handledCount = 1;
  #lastId = 0;
  /** Figures that are requested when the alarm fires. */
  #due: { readonly asked: Deferred<MemoryFigures>; readonly alarm: Alarm } | undefined;
  /**
   * Connections that lambdock accepted itself; they are closed when the init ends. Relayed ones close with the init.
   */
  readonly #accepted = new Set<Socket>();
  #relayedCount = 0;
  #ended: string | undefined;
  #quitting = false;
  readonly #order: OutputOrder;

  /** Takes over a control connection after its hello. `reader` may already have the start of a later frame. */
  constructor(
    control: Socket,
    reader: FrameReader,
    hello: InitEvent & { is: 'hello' },
    read: readonly Frame[],
    private readonly clock: Clock,
    private readonly handedOver?: HandedOver,
  ) {
    this.cgroupVersion = hello.cgroupVersion;
    this.#control = control;
    this.#reader = reader;
    this.#takeAll(read);
    // Output arrives in frames too, so pausing it pauses the control connection: exits and answers stay behind it.
    this.#order = new OutputOrder([control, ...Object.values(handedOver?.outputs ?? {})]);
    const inOrder = (handle: () => void) => (this.direct ? this.#order.inOrder(handle) : handle());
    control.on('data', (chunk) => inOrder(() => this.#read(chunk)));
    control.on('end', () => control.destroy());
    control.on('error', (error) =>
      inOrder(() => this.#end(`the connection to its init broke: ${error.message}`)),
    );
    control.on('close', () => inOrder(() => this.#end('its init ended')));
    if (handedOver !== undefined) this.#takeOver(handedOver);
  }

  /** See `Sandbox.direct`. */
  get direct(): boolean {
    return this.handedOver !== undefined;
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
    for (const emit of this.#early.splice(0)) emit(listener);
  }

  start(process: ProcessSpec): void {
    this.#send(encode.start(process, this.direct && process.name === directProcess));
  }

  signal(process: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#send(encode.kill(process, signal));
  }

  freeze(): void {
    this.#send(encode.freeze());
  }

  thaw(): void {
    this.#send(encode.thaw());
  }

  /** See `Sandbox.pauseOutput`. Up to a few hundred KiB that were already read are still emitted. */
  pauseOutput(): void {
    this.#order.pause();
  }

  resumeOutput(): void {
    this.#order.resume();
  }

  /** See `Sandbox.outputRead`. */
  outputRead(): Promise<void> | undefined {
    return this.direct ? this.#order.read() : undefined;
  }

  async reset(): Promise<void> {
    this.#askDue();
    await this.#ask('done', encode.reset);
  }

  /** Resets, and empties all folders that the function could write. Resolves to false if files are left. */
  clean(): Promise<boolean> {
    this.#askDue();
    return this.#ask('done', encode.clean);
  }

  figures({ resetPeak = false, withinMs }: FiguresOptions = {}): Promise<MemoryFigures> {
    if (withinMs === undefined || this.#ended !== undefined) {
      // Sends an earlier delayed request first, so that the answers keep their order.
      this.#askDue();
      return this.#ask('memory', (id) => encode.memory(id, resetPeak));
    }
    this.#due ??= {
      asked: deferred(),
      alarm: this.clock.alarm(this.clock.now() + withinMs, () => this.#askDue()),
    };
    return this.#due.asked.promise;
  }

  /** Undefined while frames from before the stamp are missing, and for a text that is not a stamp. */
  figuresOf(stamp: string): MemoryFigures | undefined {
    if (this.direct) return undefined; // the init cannot add one
    const [, frames, currentBytes, peakBytes, tmpBytes] = stampForm.exec(stamp)?.map(Number) ?? [];
    if (frames === undefined || frames > this.#handledCount) return undefined;
    return { currentBytes: currentBytes ?? 0, peakBytes: peakBytes ?? 0, tmpBytes: tmpBytes ?? 0 };
  }

  extensions(): Promise<readonly ExtensionFile[]> {
    return this.#ask('extensions', encode.list);
  }

  /** Rejects with `EngineError` of kind `refused` if no process listens on that port. */
  dial(port: number): Promise<Duplex> {
    return this.#ask('dial', (id) => encode.dial(id, port));
  }

  /** Kills all processes, as out of memory, once the function's memory exceeds `limitBytes`. 0 ends the watch. */
  watchMemory(limitBytes: number): void {
    this.#send(encode.watch(limitBytes));
  }

  /** Ends the init and with it the sandbox, without `lost`. */
  quit(): void {
    this.#quitting = true;
    this.#askDue();
    this.#send(encode.quit());
  }

  /**
   * For the gate: the init relays a connection that a process made to `127.0.0.1:9001`. After a handover the init
   * relays none, and it never relays more than its limit: other connections are the function's own and are closed.
   */
  relayed(socket: Socket): void {
    if (this.direct || this.#relayedCount >= connectionsMost) {
      socket.on('error', () => undefined).destroy();
      return;
    }
    this.#relayedCount += 1;
    socket.once('close', () => {
      this.#relayedCount -= 1;
    });
    this.#connected(socket);
  }

  /** For the gate: the init's connection for a `dial`. An unrequested connection is closed. */
  dialled(id: number, socket: Socket): void {
    const asked = this.#take('dial', id);
    if (asked === undefined) socket.on('error', () => undefined).destroy();
    else asked.resolve(socket);
  }

  #connected(socket: Socket): void {
    this.#emit((listener) => listener.connected(socket));
  }

  #takeOver({ listener, outputs }: HandedOver): void {
    listener.maxConnections = connectionsMost;
    listener.on('connection', (socket) => {
      this.#accepted.add(socket);
      socket.once('close', () => this.#accepted.delete(socket));
      this.#connected(socket);
    });
    listener.on('error', () => undefined);
    for (const stream of Object.keys(outputs) as OutputStream[]) {
      outputs[stream].on('data', (bytes: Buffer) => {
        this.#order.emitted(bytes.length);
        this.#emit((to) => to.output(directProcess, stream, bytes));
      });
    }
  }

  #askDue(): void {
    const due = this.#due;
    if (due === undefined) return;
    this.#due = undefined;
    due.alarm.clear();
    this.figures().then(due.asked.resolve, due.asked.reject);
  }

  #send(frame: Buffer): void {
    if (this.#ended === undefined && this.#control.writable) this.#control.write(frame);
  }

  #ask<K extends Kind>(kind: K, encodeWith: (id: number) => Buffer): Promise<Awaited<Pending[K]['promise']>>;
  #ask(kind: Kind, encodeWith: (id: number) => Buffer): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#endedError(this.#ended));
    this.#lastId = (this.#lastId + 1) % 2 ** 32;
    const asked = deferred<never>();
    this.#pending[kind].set(this.#lastId, asked);
    this.#send(encodeWith(this.#lastId));
    return asked.promise;
  }

  #take<K extends Kind>(kind: K, id: number): Pending[K] | undefined {
    const asked = this.#pending[kind].get(id);
    this.#pending[kind].delete(id);
    return asked;
  }

  #emit(emit: (listener: SandboxListener) => void): void {
    if (this.#listener === undefined) this.#early.push(emit);
    else emit(this.#listener);
  }

  #read(chunk: Buffer): void {
    this.#guarded(() => this.#takeAll(this.#reader.push(chunk)));
  }

  #guarded(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#control.destroy();
      this.#end(`its init broke the protocol: it sent ${error.message}`);
    }
  }

  #takeAll(frames: readonly Frame[]): void {
    this.#unhandled.push(...frames);
    if (!this.#pausing) this.#handleOn();
  }

  /**
   * Frames after an answer wait for the next turn: answers are barriers, so code that awaits one must continue before
   * it receives later events.
   */
  #handleOn(): void {
    for (let frame = this.#unhandled.shift(); frame !== undefined; frame = this.#unhandled.shift()) {
      const event = decode(frame);
      this.#handle(event);
      this.#pausing = isAnswer(event) && this.#unhandled.length > 0;
      if (!this.#pausing) continue;
      setImmediate(() => {
        this.#pausing = false;
        this.#guarded(() => this.#handleOn());
      });
      return;
    }
  }

  #handle(event: InitEvent): void {
    this.#handledCount += 1;
    switch (event.is) {
      case 'output':
        this.#emit((listener) => listener.output(event.process, event.stream, event.bytes));
        break;
      case 'segment':
        this.#emit((listener) => listener.segment(event.bytes));
        break;
      case 'exited':
        this.#emit((listener) => listener.exited(event.process, event.exit));
        break;
      case 'start-failed':
        this.#emit((listener) => listener.startFailed(event.process, event.step, event.code));
        break;
      case 'memory':
        this.#take('memory', event.id)?.resolve(event.figures);
        break;
      case 'done':
        this.#take('done', event.id)?.resolve(event.clean);
        break;
      case 'extensions':
        this.#take('extensions', event.id)?.resolve(event.files);
        break;
      case 'dial-failed':
        this.#take('dial', event.id)?.reject(
          new EngineError('refused', `cannot connect to that port of the sandbox: ${event.code}`),
        );
        break;
      case 'hello':
        throw new FrameError('a second hello');
    }
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    // Its last frames are handled before its end.
    const last = this.#unhandled.splice(0);
    this.#guarded(() => {
      for (const frame of last) this.#handle(decode(frame));
    });
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const kind of Object.values(this.#pending)) {
      for (const asked of kind.values()) asked.reject(this.#endedError(reason));
      kind.clear();
    }
    this.#askDue();
    if (this.handedOver !== undefined) endHandedOver(this.handedOver);
    for (const socket of this.#accepted) socket.destroy();
    if (!this.#quitting) this.#emit((listener) => listener.lost(reason));
  }

  #endedError(reason: string): EngineError {
    return new EngineError('sandbox-failed', `the sandbox has ended: ${reason}`);
  }
}

/** A function may send a header of this name too; the init's comes first. */
const stampForm = /^(\d+) (\d+) (\d+) (\d+)(?:,|$)/;

const answers: ReadonlySet<InitEvent['is']> = new Set(['memory', 'done', 'extensions']);

function isAnswer(event: InitEvent): boolean {
  return answers.has(event.is);
}
