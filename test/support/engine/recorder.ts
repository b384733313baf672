import type { Duplex } from 'node:stream';
import type { OutputStream, ProcessExit, SandboxListener } from '../../../src/engine/engine';

/** Records the events of a sandbox, and waits for later ones. */
export class Recorder implements SandboxListener {
  /** Everything but sockets, in order: `p stdout text`, `p exited 0`, `lost reason`. */
  readonly events: string[] = [];
  readonly exits = new Map<string, ProcessExit>();
  onConnected: (socket: Duplex) => void = (socket) => socket.destroy();
  #waiting: (() => void)[] = [];
  readonly #texts = new Map<string, string>();

  output(process: string, stream: OutputStream, bytes: Buffer): void {
    const key = `${process} ${stream}`;
    this.#texts.set(key, this.text(process, stream) + bytes.toString('latin1'));
    this.#add(`${key} ${bytes.toString('latin1').trimEnd()}`);
  }

  exited(process: string, exit: ProcessExit): void {
    this.exits.set(process, exit);
    const how = exit.signal ?? exit.code;
    this.#add(`${process} exited ${how}${exit.outOfMemory ? ' out of memory' : ''}`);
  }

  startFailed(process: string, step: 'working-directory' | 'command', code: string): void {
    this.#add(`${process} not started: ${step} ${code}`);
  }

  segment(bytes: Buffer): void {
    this.#add(`segment ${bytes.toString('latin1')}`);
  }

  connected(socket: Duplex): void {
    this.onConnected(socket);
  }

  lost(reason: string): void {
    this.#add(`lost ${reason}`);
  }

  /** All that a process printed on a stream. */
  text(process: string, stream: OutputStream = 'stdout'): string {
    return this.#texts.get(`${process} ${stream}`) ?? '';
  }

  /** Resolves when `check` holds, checked after each event. */
  async until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  untilPrinted(process: string, text: string): Promise<void> {
    return this.until(() => this.text(process).includes(text));
  }

  async exitOf(process: string): Promise<ProcessExit> {
    await this.until(() => this.exits.has(process));
    return this.exits.get(process) as ProcessExit;
  }

  get lostReasons(): readonly string[] {
    return this.events.filter((each) => each.startsWith('lost ')).map((each) => each.slice('lost '.length));
  }

  #add(what: string): void {
    this.events.push(what);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
  }
}
