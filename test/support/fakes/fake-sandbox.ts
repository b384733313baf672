import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers';
import {
  EngineError,
  type ExtensionFile,
  type FillKind,
  type MemoryFigures,
  type OutputStream,
  type ProcessExit,
  type ProcessSpec,
  type Sandbox,
  type SandboxAssignment,
  type SandboxListener,
  type SandboxSpec,
} from '../../../src/engine/engine';
import { FakeProcess, type Script } from './fake-process';

const mebibyte = 1024 * 1024;

export interface FakeSandboxParts {
  readonly programOf: (process: ProcessSpec, sandbox: FakeSandbox) => Script | undefined;
  readonly extensions: readonly string[];
  readonly hasFolder: (path: string) => boolean;
  readonly removed: (sandbox: FakeSandbox) => void;
}

/** Something for the listener, which waits until there is one, or an answer, which does not. */
type Untold =
  | { readonly tell: (listener: SandboxListener) => void; readonly answer?: undefined }
  | { readonly answer: () => void; readonly tell?: undefined };

/** A sandbox in this process. It emits events in order, and never within a call of the caller. */
export class FakeSandbox implements Sandbox {
  readonly id: string;
  readonly engineId: string;
  readonly direct = false;
  /** What was asked of it, in order: `start runtime`, `freeze`, `signal runtime SIGTERM`, ... */
  readonly calls: string[] = [];
  /** `/tmp`: path to content. */
  readonly tmp = new Map<string, Buffer>();
  /** What `limitCpu` last set; undefined is no limit. */
  vcpus: number | undefined;
  /** The function that it is for; undefined before `assign` and after `recycle` with `vacate`. */
  assignment: SandboxAssignment | undefined;
  /** What the next `assign` rejects with. */
  assignFailure: EngineError | undefined;
  /** Whether `recycle` leaves nothing behind. */
  recyclable = true;
  readonly #parts: FakeSandboxParts;
  readonly #processes = new Map<string, FakeProcess>();
  readonly #untold: Untold[] = [];
  readonly #pending = new Set<(reason: Error) => void>();
  #listener: SandboxListener | undefined;
  #telling = false;
  #outputPaused = false;
  #state: 'living' | 'lost' | 'removed' = 'living';
  #peakBytes = 0;

  constructor(
    readonly spec: SandboxSpec,
    parts: FakeSandboxParts,
  ) {
    this.id = spec.id;
    this.engineId = `fake-${spec.id}`.slice(0, 12);
    this.#parts = parts;
  }

  get alive(): boolean {
    return this.#state === 'living';
  }

  /** Living processes, in order of their start. */
  get processes(): readonly FakeProcess[] {
    return [...this.#processes.values()];
  }

  process(name: string): FakeProcess {
    const process = this.#processes.get(name);
    if (!process) throw new Error(`no living process ${name} in ${this.id}`);
    return process;
  }

  /** As if the container was killed: every process ends, and the only event is `lost`. */
  kill(reason = 'the container ended'): void {
    if (!this.alive) return;
    this.#post((listener) => listener.lost(reason));
    this.#end('lost');
  }

  /** The folder that is at `/var/task`. */
  get codeFolder(): string | undefined {
    return this.spec.slots ? this.assignment?.codeFolder : this.spec.codeFolder;
  }

  /** The folder that is at `/opt`. */
  get layersFolder(): string | undefined {
    return this.spec.slots ? this.assignment?.layersFolder : this.spec.layersFolder;
  }

  async assign(assignment: SandboxAssignment): Promise<FillKind> {
    if (this.assignment) throw new Error(`sandbox ${this.id} is assigned already`);
    this.calls.push('assign');
    if (this.assignFailure) throw this.assignFailure;
    this.assignment = assignment;
    return this.spec.slots || this.spec.codeFolder === undefined ? 'linked' : 'mounted';
  }

  listen(listener: SandboxListener): void {
    if (this.#listener) throw new Error(`sandbox ${this.id} has a listener already`);
    this.#listener = listener;
    this.#tell();
  }

  start(spec: ProcessSpec): void {
    this.calls.push(`start ${spec.name}`);
    if (!this.alive) return;
    if (this.#processes.has(spec.name)) throw new Error(`${spec.name} runs already in ${this.id}`);
    if (!this.#parts.hasFolder(spec.workingDirectory)) {
      this.#post((listener) => listener.startFailed(spec.name, 'working-directory', 'ENOENT'));
      return;
    }
    const script = this.#parts.programOf(spec, this);
    if (!script) {
      this.#post((listener) => listener.startFailed(spec.name, 'command', 'ENOENT'));
      return;
    }
    const process = new FakeProcess(spec, this);
    this.#processes.set(spec.name, process);
    queueMicrotask(() => void process.run(script));
  }

  signal(name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.calls.push(`signal ${name} ${signal}`);
    const process = this.#processes.get(name);
    if (signal === 'SIGKILL') process?.end({ signal, outOfMemory: false });
    else process?.terminate();
  }

  freeze(): void {
    this.calls.push('freeze');
    for (const process of this.#processes.values()) process.stop();
  }

  thaw(): void {
    this.calls.push('thaw');
    for (const process of [...this.#processes.values()]) process.continue();
  }

  pauseOutput(): void {
    this.#outputPaused = true;
  }

  resumeOutput(): void {
    this.#outputPaused = false;
    this.#tell();
  }

  outputRead(): undefined {
    return undefined;
  }

  reset(): Promise<void> {
    this.calls.push('reset');
    for (const process of this.processes) process.end({ signal: 'SIGKILL', outOfMemory: false });
    return this.#answer(() => undefined);
  }

  async recycle({ vacate = false } = {}): Promise<boolean> {
    this.calls.push(vacate ? 'recycle and vacate' : 'recycle');
    for (const process of this.processes) process.end({ signal: 'SIGKILL', outOfMemory: false });
    this.tmp.clear();
    this.vcpus = undefined;
    await this.#answer(() => undefined);
    this.#listener = undefined;
    this.#peakBytes = 0;
    if (vacate) this.assignment = undefined;
    return this.alive && this.recyclable;
  }

  figures({ resetPeak = false }: { readonly resetPeak?: boolean } = {}): Promise<MemoryFigures> {
    this.calls.push('figures');
    return this.#answer(() => {
      const figures = this.#figures();
      if (resetPeak) this.#peakBytes = figures.currentBytes;
      return figures;
    });
  }

  extensions(): Promise<readonly ExtensionFile[]> {
    this.calls.push('extensions');
    return this.#answer(() => [...this.#parts.extensions].sort().map((name) => ({ name, executable: true })));
  }

  dial(port: number): Promise<Duplex> {
    this.calls.push(`dial ${port}`);
    return this.#answer(() => {
      for (const process of this.#processes.values()) {
        const socket = process.accept(port);
        if (socket) return socket;
      }
      throw new EngineError('refused', `Nothing listens on port ${port} in the sandbox (ECONNREFUSED).`);
    });
  }

  async limitCpu(vcpus: number): Promise<void> {
    this.calls.push(`limitCpu ${vcpus}`);
    this.vcpus = vcpus;
  }

  async remove(): Promise<void> {
    this.calls.push('remove');
    this.#end('removed');
    this.#untold.length = 0;
  }

  /** For scripts: writes a file, within the size of `/tmp`. */
  writeTmp(path: string, content: Buffer): void {
    const used = this.#tmpBytes() - (this.tmp.get(path)?.length ?? 0);
    if (used + content.length > this.spec.ephemeralStorageMiB * mebibyte) {
      throw Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC' });
    }
    this.tmp.set(path, content);
  }

  /** Resolves when every event that was posted before has been emitted. */
  barrier(): Promise<void> {
    return new Promise((resolve) => this.#enqueue({ answer: resolve }));
  }

  tellOutput(process: FakeProcess, stream: OutputStream, bytes: Buffer): void {
    this.#post((listener) => listener.output(process.spec.name, stream, bytes));
  }

  /** What a poll bears that begins now. */
  stamp(): string {
    return JSON.stringify(this.#figures());
  }

  figuresOf(stamp: string): MemoryFigures | undefined {
    return stamp.startsWith('{') ? JSON.parse(stamp) : undefined;
  }

  tellConnected(socket: Duplex): void {
    this.#post((listener) => listener.connected(socket));
  }

  tellExited(process: FakeProcess, exit: ProcessExit): void {
    if (this.#processes.get(process.spec.name) === process) this.#processes.delete(process.spec.name);
    this.#post((listener) => listener.exited(process.spec.name, exit));
  }

  accountMemory(): void {
    const bytes = this.#memoryBytes();
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    if (bytes <= (this.assignment ?? this.spec).memoryMiB * mebibyte) return;
    for (const process of this.processes) process.end({ signal: 'SIGKILL', outOfMemory: true });
  }

  #figures(): MemoryFigures {
    const currentBytes = this.#memoryBytes();
    return { currentBytes, peakBytes: this.#peakBytes, tmpBytes: this.#tmpBytes() };
  }

  #memoryBytes(): number {
    return this.processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  #tmpBytes(): number {
    return [...this.tmp.values()].reduce((sum, { length }) => sum + length, 0);
  }

  #end(state: 'lost' | 'removed'): void {
    this.#state = state;
    for (const process of this.processes) process.end({ signal: 'SIGKILL', outOfMemory: false });
    for (const reject of this.#pending) reject(this.#goneError());
    this.#pending.clear();
    this.#parts.removed(this);
  }

  #goneError(): EngineError {
    return new EngineError('sandbox-failed', `The sandbox ${this.id} is gone.`);
  }

  /** Answers in order with events, as the real init answers over the same connection. */
  #answer<T>(value: () => T): Promise<T> {
    if (!this.alive) return Promise.reject(this.#goneError());
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      const answer = () => {
        this.#pending.delete(reject);
        try {
          resolve(value());
        } catch (error) {
          reject(error);
        }
      };
      this.#enqueue({ answer });
    });
  }

  #post(tell: (listener: SandboxListener) => void): void {
    this.#enqueue({ tell });
  }

  #enqueue(item: Untold): void {
    if (!this.alive) return;
    this.#untold.push(item);
    this.#tell();
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      for (let item = this.#untold[0]; item && (item.answer || this.#listener); item = this.#untold[0]) {
        if (this.#outputPaused) return;
        this.#untold.shift();
        if (this.#listener) item.tell?.(this.#listener);
        item.answer?.();
        // The caller goes on with the answer before it gets later events.
        if (item.answer) return this.#tell();
      }
    });
  }
}
