import { rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import type { FiguresOptions, MemoryFigures, ProcessSpec, Sandbox, SandboxListener } from '../engine';
import type { Gate } from '../init/gate';
import type { InitConnection } from '../init/init-connection';
import { cpuQuota, noCpuQuota } from './container-spec';
import { engineErrorOf, hasStatus } from './docker-errors';

/** What making a sandbox brought about, which removing it undoes. */
export interface SandboxParts {
  readonly id: string;
  readonly container: Container;
  readonly gate: Gate;
  readonly connection: InitConnection;
  /** Path as this process sees it. */
  readonly runFolder: string;
  /** Settles, without ever rejecting, when the engine has removed the container; says how it ended. */
  readonly ended: Promise<string>;
  readonly cpus: number;
  readonly engineAddress: string;
  readonly removed: () => void;
}

/**
 * Removes a container and waits until it is gone; one that has gone already, or that somebody else (the
 * engine's own automatic removal) is removing, is no error.
 */
export async function removeContainer(container: Container, address: string): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    if (!hasStatus(error, 409)) throw engineErrorOf(error, `remove the container ${container.id}`, address);
    await container.wait({ condition: 'removed' }).catch((failure: unknown) => {
      if (!hasStatus(failure, 404))
        throw engineErrorOf(failure, `remove the container ${container.id}`, address);
    });
  }
}

/** A container with our init in it: the init does what is asked, the engine only limits and removes. */
export class DockerSandbox implements Sandbox {
  readonly id: string;
  readonly engineId: string;
  readonly #parts: SandboxParts;
  readonly #connection: InitConnection;
  /** What is told while nobody listens yet: that it was lost, at most, as nothing runs in it. */
  readonly #untold: ((listener: SandboxListener) => void)[] = [];
  #listener: SandboxListener | undefined;
  #state: 'living' | 'lost' | 'removed' = 'living';
  #removal: Promise<void> | undefined;
  #quotaSet: Promise<void> = Promise.resolve();

  constructor(parts: SandboxParts) {
    this.id = parts.id;
    this.engineId = parts.container.id.slice(0, 12);
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#connection.listen({
      output: (...values) => this.#tell((listener) => listener.output(...values)),
      exited: (...values) => this.#tell((listener) => listener.exited(...values)),
      startFailed: (...values) => this.#tell((listener) => listener.startFailed(...values)),
      connected: (socket) => {
        // Without a listener nothing of the function runs: then it is from before the sandbox was emptied.
        if (this.alive && this.#listener) this.#listener.connected(socket);
        else socket.destroy();
      },
      lost: (reason) => this.#lost(reason),
    });
    // A connection over a network may outlive the container for a while; the engine knows better.
    void parts.ended.then((how) => this.#lost(how));
  }

  get alive(): boolean {
    return this.#state === 'living';
  }

  get direct(): boolean {
    return this.#connection.direct;
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
    for (const tell of this.#untold.splice(0)) tell(listener);
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

  reset(): Promise<void> {
    return this.#connection.reset();
  }

  figures(options?: FiguresOptions): Promise<MemoryFigures> {
    return this.#connection.figures(options);
  }

  figuresOf(stamp: string): MemoryFigures | undefined {
    return this.#connection.figuresOf(stamp);
  }

  extensions(): Promise<readonly string[]> {
    return this.#connection.extensions();
  }

  dial(port: number): Promise<Duplex> {
    return this.#connection.dial(port);
  }

  limitCpu(vcpus: number): Promise<void> {
    return this.#setQuota(cpuQuota(vcpus, this.#parts.cpus));
  }

  async recycle(): Promise<boolean> {
    const [isClean] = await Promise.all([this.#connection.clean(), this.#setQuota(noCpuQuota)]);
    // All that was told of before has been told by now; what comes next is for the next listener.
    this.#listener = undefined;
    if (isClean) await this.#connection.figures({ resetPeak: true });
    // A connection from before may come in the same turn as that answer, and is not for the next listener either.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    return isClean && this.alive;
  }

  remove(): Promise<void> {
    // From now on nothing is told, whether this succeeds or not.
    this.#state = 'removed';
    this.#removal ??= this.#remove().catch((error: unknown) => {
      this.#removal = undefined;
      throw error;
    });
    return this.#removal;
  }

  /** One after another: over two connections the engine might meet them the other way round. */
  #setQuota(quota: ReturnType<typeof cpuQuota>): Promise<void> {
    const { container, engineAddress } = this.#parts;
    const set = async () => {
      try {
        await container.update(quota);
      } catch (error) {
        throw engineErrorOf(error, `limit the CPU of the container ${this.engineId}`, engineAddress);
      }
    };
    this.#quotaSet = this.#quotaSet.then(set, set);
    return this.#quotaSet;
  }

  #tell(tell: (listener: SandboxListener) => void): void {
    if (!this.alive) return;
    if (this.#listener === undefined) this.#untold.push(tell);
    else tell(this.#listener);
  }

  #lost(reason: string): void {
    this.#tell((listener) => listener.lost(reason));
    if (this.alive) this.#state = 'lost';
  }

  async #remove(): Promise<void> {
    const { container, gate, runFolder, removed, engineAddress } = this.#parts;
    this.#connection.quit();
    try {
      await removeContainer(container, engineAddress);
    } finally {
      await gate.close();
      await rm(runFolder, { recursive: true, force: true });
      removed();
    }
  }
}
