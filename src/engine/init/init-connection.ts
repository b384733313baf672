import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Alarm, systemClock } from '../../lib/clock';
import { type Deferred, deferred } from '../../lib/deferred';
import { atEndOfTurn } from '../../lib/end-of-turn';
import {
  EngineError,
  type FiguresOptions,
  type MemoryFigures,
  type OutputStream,
  type ProcessSpec,
  type SandboxListener,
} from '../engine';
import { decode, encode, type Frame, FrameError, type FrameReader, type InitEvent } from './frames';
import { endHandedOver, type HandedOver } from './receiver';

/** What a command's answer is about. A pending one is settled by an answer of its own kind, or by the end. */
interface Pending {
  readonly done: Deferred<boolean>;
  readonly memory: Deferred<MemoryFigures>;
  readonly names: Deferred<readonly string[]>;
  readonly dial: Deferred<Duplex>;
}
type Kind = keyof Pending;

/** Whose output goes to the pipes that were handed over, as there is one of each. */
const directProcess = 'runtime';

/** As many as a sandbox's init relays at a time. */
const connectionsMost = 400;

/** One sandbox's init, from its hello on: what `Sandbox` promises, as far as the init does it. */
export class InitConnection {
  readonly cgroupVersion: 0 | 1 | 2;
  readonly #control: Socket;
  readonly #reader: FrameReader;
  readonly #pending: { readonly [K in Kind]: Map<number, Pending[K]> } = {
    done: new Map(),
    memory: new Map(),
    names: new Map(),
    dial: new Map(),
  };
  /** What is told while nobody listens yet. */
  #untold: ((listener: SandboxListener) => void)[] = [];
  #listener: SandboxListener | undefined;
  /** Frames that have been read and wait for their turn. */
  readonly #unhandled: Frame[] = [];
  #pausing = false;
  /** How many frames have been handled, the hello first. */
  #heard = 1;
  #lastId = 0;
  /** Figures that are to be asked for by and by. */
  #due: { readonly asked: Deferred<MemoryFigures>; readonly alarm: Alarm } | undefined;
  /** Connections of the function that are open now. Those accepted here are ended with the init; relayed ones end alone. */
  readonly #accepted = new Set<Socket>();
  #relayedCount = 0;
  #ended: string | undefined;
  #quitting = false;
  #isOutputPaused = false;
  /** Counts pauses and resumes, so that an outdated release is recognised. */
  #outputTurn = 0;
  /** Events of the control connection that came while output was paused, in direct mode. */
  readonly #held: (() => void)[] = [];

  /** Takes over a control connection of which the hello, and perhaps the beginning of a later frame, has been read. */
  constructor(
    control: Socket,
    reader: FrameReader,
    hello: InitEvent & { is: 'hello' },
    read: readonly Frame[],
    private readonly handedOver?: HandedOver,
  ) {
    this.cgroupVersion = hello.cgroupVersion;
    this.#control = control;
    this.#reader = reader;
    this.#takeAll(read);
    control.on('data', (chunk) => this.#inOrder(() => this.#read(chunk)));
    control.on('end', () => control.destroy());
    control.on('error', (error) =>
      this.#inOrder(() => this.#end(`the connection to its init broke: ${error.message}`)),
    );
    control.on('close', () => this.#inOrder(() => this.#end('its init ended')));
    if (handedOver !== undefined) this.#takeOver(handedOver);
  }

  /** Whether processes inside have their connections with us, and the runtime its output, past the init. */
  get direct(): boolean {
    return this.handedOver !== undefined;
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
    for (const tell of this.#untold.splice(0)) tell(listener);
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

  /** See `Sandbox.pauseOutput`. What has been read already is still emitted: at most a few hundred KiB. */
  pauseOutput(): void {
    if (this.#isOutputPaused) return;
    this.#isOutputPaused = true;
    this.#outputTurn += 1;
    for (const socket of this.#outputSockets()) socket.pause();
  }

  resumeOutput(): void {
    if (!this.#isOutputPaused) return;
    this.#isOutputPaused = false;
    this.#outputTurn += 1;
    const turn = this.#outputTurn;
    for (const socket of this.#outputSockets()) socket.resume();
    // The pipes are read in the next poll phase; by the end of that turn nothing older than the held events is left in them.
    if (this.#held.length > 0) atEndOfTurn(() => atEndOfTurn(() => this.#releaseHeld(turn)));
  }

  async reset(): Promise<void> {
    this.#askDue();
    await this.#ask('done', encode.reset);
  }

  /** Resets and empties what the function could write. False where something is left: it is not to be used again. */
  clean(): Promise<boolean> {
    this.#askDue();
    return this.#ask('done', encode.clean);
  }

  figures({ resetPeak = false, withinMs }: FiguresOptions = {}): Promise<MemoryFigures> {
    if (withinMs === undefined || this.#ended !== undefined) {
      // Nobody who can wait is to hold up who cannot.
      this.#askDue();
      return this.#ask('memory', (id) => encode.memory(id, resetPeak));
    }
    this.#due ??= {
      asked: deferred(),
      alarm: systemClock.alarm(systemClock.now() + withinMs, () => this.#askDue()),
    };
    return this.#due.asked.promise;
  }

  /** Undefined as long as not all has come that was told before the stamp, and for what is no stamp of an init's. */
  figuresOf(stamp: string): MemoryFigures | undefined {
    if (this.direct) return undefined; // no init has put it there
    const [, frames, currentBytes, peakBytes, tmpBytes] = stampForm.exec(stamp)?.map(Number) ?? [];
    if (frames === undefined || frames > this.#heard) return undefined;
    return { currentBytes: currentBytes ?? 0, peakBytes: peakBytes ?? 0, tmpBytes: tmpBytes ?? 0 };
  }

  extensions(): Promise<readonly string[]> {
    return this.#ask('names', encode.list);
  }

  /** Rejects with `EngineError` of kind `refused` where nothing listens on that port. */
  dial(port: number): Promise<Duplex> {
    return this.#ask('dial', (id) => encode.dial(id, port));
  }

  /** From now on everything is killed, and told as out of memory, once own memory is above so many bytes; 0 ends that. */
  watchMemory(limitBytes: number): void {
    this.#send(encode.watch(limitBytes));
  }

  /** Ends the init and with it the sandbox; `lost` is not told. */
  quit(): void {
    this.#quitting = true;
    this.#askDue();
    this.#send(encode.quit());
  }

  /**
   * For the gate: the init relays a connection that a process inside made to `127.0.0.1:9001`. An init that handed over
   * relays none, and no init relays more than its limit: such a connection is a function's own and is closed.
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

  /** For the gate: the init's connection for a `dial`. One that nobody waits for is closed. */
  dialled(id: number, socket: Socket): void {
    const asked = this.#take('dial', id);
    if (asked === undefined) socket.on('error', () => undefined).destroy();
    else asked.resolve(socket);
  }

  #connected(socket: Socket): void {
    this.#tell((listener) => listener.connected(socket));
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
      outputs[stream].on('data', (bytes: Buffer) =>
        this.#tell((told) => told.output(directProcess, stream, bytes)),
      );
    }
  }

  /**
   * What was handed over is read beside the control connection: by the turn's end all that was written before what
   * comes over this one.
   */
  #inOrder(handle: () => void): void {
    if (!this.direct) {
      handle();
      return;
    }
    atEndOfTurn(() => {
      if (this.#isOutputPaused || this.#held.length > 0) this.#held.push(handle);
      else handle();
    });
  }

  #releaseHeld(turn: number): void {
    while (this.#outputTurn === turn) {
      const handle = this.#held.shift();
      if (handle === undefined) return;
      handle();
    }
  }

  /** Output comes in frames, too, so pausing it pauses the control connection: exits and answers stay behind it. */
  #outputSockets(): readonly Socket[] {
    return [this.#control, ...Object.values(this.handedOver?.outputs ?? {})];
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
    if (this.#ended !== undefined) return Promise.reject(this.#gone(this.#ended));
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

  #tell(tell: (listener: SandboxListener) => void): void {
    if (this.#listener === undefined) this.#untold.push(tell);
    else tell(this.#listener);
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
      this.#end(`its init sent what is not of protocol version 1: ${error.message}`);
    }
  }

  #takeAll(frames: readonly Frame[]): void {
    this.#unhandled.push(...frames);
    if (!this.#pausing) this.#handleOn();
  }

  /**
   * After an answer, what came behind it in the same chunk waits for the next turn: whoever awaits the answer
   * must have gone on before it hears of anything that happened later, since answers are barriers.
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
    this.#heard += 1;
    switch (event.is) {
      case 'output':
        this.#tell((listener) => listener.output(event.process, event.stream, event.bytes));
        break;
      case 'exited':
        this.#tell((listener) => listener.exited(event.process, event.exit));
        break;
      case 'start-failed':
        this.#tell((listener) => listener.startFailed(event.process, event.step, event.code));
        break;
      case 'memory':
        this.#take('memory', event.id)?.resolve(event.figures);
        break;
      case 'done':
        this.#take('done', event.id)?.resolve(event.clean);
        break;
      case 'names':
        this.#take('names', event.id)?.resolve(event.names);
        break;
      case 'dial-failed':
        this.#take('dial', event.id)?.reject(
          new EngineError('refused', `no connection to that port of the sandbox: ${event.code}`),
        );
        break;
      case 'hello':
        throw new FrameError('a second hello');
    }
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    // What it still said comes before its end.
    const last = this.#unhandled.splice(0);
    this.#guarded(() => {
      for (const frame of last) this.#handle(decode(frame));
    });
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const kind of Object.values(this.#pending)) {
      for (const asked of kind.values()) asked.reject(this.#gone(reason));
      kind.clear();
    }
    this.#askDue();
    if (this.handedOver !== undefined) endHandedOver(this.handedOver);
    for (const socket of this.#accepted) socket.destroy();
    if (!this.#quitting) this.#tell((listener) => listener.lost(reason));
  }

  #gone(reason: string): EngineError {
    return new EngineError('sandbox-failed', `the sandbox is gone: ${reason}`);
  }
}

/** A function may put a header of that name behind the init's, which then stands first. */
const stampForm = /^(\d+) (\d+) (\d+) (\d+)(?:,|$)/;

const answers: ReadonlySet<InitEvent['is']> = new Set(['memory', 'done', 'names']);

function isAnswer(event: InitEvent): boolean {
  return answers.has(event.is);
}
