import { rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import { errnoOf } from '../../lib/errno';
import { removeFolder } from '../../lib/files';
import {
  EngineError,
  type ExtensionFile,
  type FiguresOptions,
  type FillKind,
  type MemoryFigures,
  type ProcessSpec,
  type Sandbox,
  type SandboxAssignment,
  type SandboxListener,
  type SandboxMaking,
  type SandboxSpec,
} from '../engine';
import type { Gate } from '../init/gate';
import type { InitConnection } from '../init/init-connection';
import {
  cpuQuota,
  hardMemoryLimit,
  type MemoryLimit,
  memoryLimit,
  noCpuQuota,
  plainMemoryLimit,
} from './container-spec';
import { engineErrorOf } from './docker-errors';
import type { Leftovers } from './leftovers';
import type { LinkedCopies } from './linked-copies';
import { removeContainer } from './remove-container';

const mebibyte = 1024 * 1024;

/** Folders that are mounted at `/var/task` and `/opt`, as this process sees them. */
export interface Slots {
  readonly code: string;
  readonly layers: string;
}

/** Resources that a sandbox owns; removing the sandbox releases them. */
export interface SandboxParts {
  readonly spec: SandboxSpec;
  readonly container: Container;
  readonly gate: Gate;
  readonly connection: InitConnection;
  /** Path as this process sees it. */
  readonly runFolder: string;
  readonly copies: LinkedCopies;
  readonly leftovers: Pick<Leftovers, 'add'>;
  readonly slots?: Slots;
  /** Resolves, to how the container ended, when the engine has removed it. Never rejects. */
  readonly ended: Promise<string>;
  readonly cpus: number;
  readonly engineAddress: string;
  readonly removed: () => void;
  readonly making: SandboxMaking;
}

/**
 * A container with lambdock's init. The init handles commands; the engine only sets limits and removes the container.
 */
export class DockerSandbox implements Sandbox {
  readonly id: string;
  readonly engineId: string;
  readonly making: SandboxMaking;
  readonly #parts: SandboxParts;
  readonly #connection: InitConnection;
  /** Events before there is a listener. The only possible one is the loss of the sandbox, since no process runs yet. */
  readonly #undelivered: ((listener: SandboxListener) => void)[] = [];
  #listener: SandboxListener | undefined;
  #state: 'living' | 'lost' | 'removed' = 'living';
  #removal: Promise<void> | undefined;
  #updated: Promise<void> = Promise.resolve();
  /** Memory limit that the next update sets along with its own change: a separate update takes 50 ms. */
  #dueMemory: MemoryLimit | undefined;
  #memoryMiB = 0;
  /** Content of the slots, now or when `done` settles. */
  readonly #filled: { readonly source: string; readonly slot: string; readonly done: Promise<FillKind> }[] =
    [];

  constructor(parts: SandboxParts) {
    this.id = parts.spec.id;
    this.engineId = parts.container.id.slice(0, 12);
    this.making = parts.making;
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#connection.listen({
      output: (...values) => this.#tell((listener) => listener.output(...values)),
      exited: (...values) => this.#tell((listener) => listener.exited(...values)),
      startFailed: (...values) => this.#tell((listener) => listener.startFailed(...values)),
      segment: (bytes) => this.#listener?.segment(bytes),
      connected: (socket) => {
        // Without a listener no process of the function runs: the connection is from before the sandbox was emptied.
        if (this.alive && this.#listener) this.#listener.connected(socket);
        else socket.destroy();
      },
      lost: (reason) => this.#lost(reason),
    });
    // A network connection may outlive the container for a while; the engine reports the end first.
    void parts.ended.then((how) => this.#lost(how));
  }

  get alive(): boolean {
    return this.#state === 'living';
  }

  get direct(): boolean {
    return this.#connection.direct;
  }

  async assign({ memoryMiB, codeFolder, layersFolder }: SandboxAssignment): Promise<FillKind> {
    const { spec, slots } = this.#parts;
    const limited = memoryMiB === this.#memoryMiB ? undefined : this.limitMemory(memoryMiB);
    if (!slots) {
      await limited;
      return spec.codeFolder === undefined ? 'linked' : 'mounted';
    }
    const kinds = await Promise.all([
      this.#fill(codeFolder, slots.code),
      this.#fill(layersFolder, slots.layers),
      limited,
    ]);
    return kinds.includes('copied') ? 'copied' : 'linked';
  }

  /**
   * Resolves when the limit holds for new processes. That is at once if the init watches memory: then the container's
   * own limit may be higher for a while.
   */
  async limitMemory(memoryMiB: number): Promise<void> {
    const before = this.#memoryMiB;
    this.#memoryMiB = memoryMiB;
    if (this.#connection.cgroupVersion === 0) return this.#update(this.#limitOf(memoryMiB));
    this.#connection.watchMemory(memoryMiB * mebibyte);
    // The first value is the one that the container was made with.
    if (before === 0) return undefined;
    if (memoryMiB > before) return this.#update(this.#limitOf(memoryMiB));
    this.#dueMemory = this.#limitOf(memoryMiB);
    return undefined;
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
    for (const tell of this.#undelivered.splice(0)) tell(listener);
  }

  start(process: ProcessSpec): void {
    this.#connection.start(process);
  }

  signal(process: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#connection.signal(process, signal);
  }

  freeze(): void {
    this.#connection.freeze();
  }

  thaw(): void {
    this.#connection.thaw();
  }

  pauseOutput(): void {
    this.#connection.pauseOutput();
  }

  resumeOutput(): void {
    this.#connection.resumeOutput();
  }

  outputRead(): Promise<void> | undefined {
    return this.#connection.outputRead();
  }

  reset(): Promise<void> {
    return this.#connection.reset();
  }

  figures(options?: FiguresOptions): Promise<MemoryFigures> {
    return this.#connection.figures(options);
  }

  figuresOf(stamp: string): MemoryFigures | undefined {
    return this.#connection.figuresOf(stamp);
  }

  extensions(): Promise<readonly ExtensionFile[]> {
    return this.#connection.extensions();
  }

  dial(port: number): Promise<Duplex> {
    return this.#connection.dial(port);
  }

  limitCpu(vcpus: number): Promise<void> {
    return this.#update(cpuQuota(vcpus, this.#parts.cpus));
  }

  async recycle({ vacate = false } = {}): Promise<boolean> {
    if (vacate) this.#dueMemory = this.#limitOf(this.#parts.spec.memoryMiB);
    const [isClean] = await Promise.all([this.#connection.clean(), this.#update(noCpuQuota)]);
    // All earlier events have been delivered; later ones are for the next listener.
    this.#listener = undefined;
    if (!isClean) return false;
    if (vacate) {
      this.#memoryMiB = this.#parts.spec.memoryMiB;
      this.#connection.watchMemory(this.#memoryMiB * mebibyte);
      await this.#emptySlots();
    }
    await this.#connection.figures({ resetPeak: true });
    // An earlier connection may arrive in the same turn as the answer; it is not for the next listener either.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    return this.alive;
  }

  remove(): Promise<void> {
    // No event is delivered from now on, even if removal fails.
    this.#state = 'removed';
    this.#removal ??= this.#remove().catch((error: unknown) => {
      this.#removal = undefined;
      throw error;
    });
    return this.#removal;
  }

  #limitOf(memoryMiB: number): MemoryLimit {
    const size = { ...this.#parts.spec, memoryMiB };
    return memoryLimit(this.#connection.cgroupVersion === 0 ? plainMemoryLimit(size) : hardMemoryLimit(size));
  }

  async #emptySlots(): Promise<void> {
    for (const { source, slot, done } of this.#filled.splice(0)) {
      await done.catch(() => undefined);
      await this.#parts.copies.empty(source, slot);
    }
  }

  async #fill(source: string | undefined, slot: string): Promise<FillKind> {
    if (source === undefined) return 'linked';
    const done = this.#parts.copies.fill(source, slot);
    this.#filled.push({ source, slot, done });
    try {
      return await done;
    } catch (cause) {
      throw new EngineError(
        'refused',
        `Cannot add ${source} to the sandbox ${this.id}: ${errnoOf(cause) ?? String(cause)}. ` +
          "Check the data folder's space and permissions.",
        { cause },
      );
    }
  }

  /** Sends updates one after another: over two connections the engine could receive them in the wrong order. */
  #update(limits: ReturnType<typeof cpuQuota> | MemoryLimit): Promise<void> {
    const { container, engineAddress } = this.#parts;
    const set = async () => {
      const due = this.#dueMemory;
      this.#dueMemory = undefined;
      try {
        await container.update({ ...due, ...limits });
      } catch (error) {
        throw engineErrorOf(error, `set the limits of the container ${this.engineId}`, engineAddress);
      }
    };
    this.#updated = this.#updated.then(set, set);
    return this.#updated;
  }

  #tell(tell: (listener: SandboxListener) => void): void {
    if (!this.alive) return;
    if (this.#listener === undefined) this.#undelivered.push(tell);
    else tell(this.#listener);
  }

  #lost(reason: string): void {
    this.#tell((listener) => listener.lost(reason));
    if (this.alive) this.#state = 'lost';
  }

  async #remove(): Promise<void> {
    const { container, gate, runFolder, slots, removed, engineAddress, leftovers } = this.#parts;
    this.#connection.quit();
    try {
      await removeContainer(container, engineAddress);
    } catch (error) {
      leftovers.add(container.id);
      throw error;
    } finally {
      await gate.close();
      // A copy that cannot be kept for the next sandbox is removed with the slot.
      await this.#emptySlots().catch(() => undefined);
      for (const slot of Object.values(slots ?? {})) await removeFolder(slot);
      await rm(runFolder, { recursive: true, force: true });
      removed();
    }
  }
}
