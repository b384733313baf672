import type { ImageStart, Sandbox } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import type { Alarm, Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import type { SharedSpares } from './shared-spares';
import { type AssignedSandbox, type SandboxKind, type Spare, sandboxKind, type TakenSpare } from './spare';

/** Which functions may reuse a sandbox after its environment has ended: its own, or any of its kind. */
export type Reuse = 'function' | 'any';

export interface SpareParts {
  readonly shared: SharedSpares;
  readonly clock: Clock;
  /** Whether the engine can add code to a sandbox after it is created. */
  readonly slots: boolean;
  readonly reuse: Reuse;
  /** How many sandboxes are always ready for this version alone. */
  readonly own: number;
  readonly imageOf: (version: FunctionVersion) => Promise<ImageStart>;
  readonly fail: (error: Error) => void;
}

/** How long returned sandboxes are kept: the next burst may need all of them. */
export const keptMs = 60_000;

/** Emptying a sandbox takes tens of milliseconds; a sandbox that takes longer than this is not reused. */
const recycleTimeoutMs = 5_000;

/** A sandbox that already has its function's code. */
type Returned = Omit<AssignedSandbox, 'coldStart'>;

/**
 * Sandboxes for one function version, in this order: those that its environments returned, ready shared ones, those
 * being emptied, and a new one.
 */
export class Spares {
  readonly #waiting: Returned[] = [];
  /** Sandboxes being emptied that no cold start has claimed; resolves to undefined if that fails. */
  readonly #returning: Promise<Returned | undefined>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #ordered = 0;
  #alarm: Alarm | undefined;
  #closed = false;

  constructor(
    readonly version: FunctionVersion,
    private readonly parts: SpareParts,
  ) {}

  /** Sandboxes that are ready for this version only. */
  get waiting(): readonly Spare[] {
    return this.#waiting;
  }

  /** Makes sandboxes of the version's kind ahead of need. Rejects if its image is not available. */
  async prepare(): Promise<void> {
    this.#use(await this.#kind());
    this.#orderOwn();
  }

  /** Resolves to a sandbox with the version's code. Rejects with `EngineError` if none can be made. */
  async take(): Promise<AssignedSandbox> {
    for (let spare = this.#waiting.shift(); spare !== undefined; spare = this.#waiting.shift()) {
      if (spare.sandbox.alive) return { ...spare, coldStart: spare.isReused ? 'reused' : 'own-spare' };
      this.#discard(spare);
    }
    const kind = await this.#kind();
    this.#use(kind);
    while (!this.parts.shared.hasReady(kind) && this.#returning.length > 0) {
      // If this one could not be emptied, others may be ready by now.
      const spare = await this.#returning.shift();
      if (spare !== undefined) return { ...spare, coldStart: 'reused' };
    }
    return this.#track(this.#assign(await this.parts.shared.take(kind)));
  }

  /** Counts `ms` as passed for sandboxes that wait for this version only. */
  advanceIdle(ms: number): void {
    for (const [index, spare] of this.#waiting.entries())
      if (spare.isReused) this.#waiting[index] = { ...spare, madeAtMs: spare.madeAtMs - ms };
    this.#dropAged();
  }

  /** Makes missing spares of the version's kind, and of the version itself. */
  replenish(): void {
    this.parts.shared.replenish();
    this.#orderOwn();
  }

  /**
   * Empties a sandbox and keeps it for the next cold start, for a limited time if it is for this version only. Removes
   * the sandbox if spares are disabled or it could not be emptied. Resolves when that is done.
   */
  async takeBack(taken: AssignedSandbox): Promise<void> {
    const { shared, reuse } = this.parts;
    if (!shared.areKept) return this.#track(taken.sandbox.remove());
    if (reuse === 'any' && taken.kind.isShared) return this.#track(this.#giveBack(taken));
    if (this.#closed) return this.#track(taken.sandbox.remove());
    const returning = this.#track(this.#recycle(taken, false));
    this.#returning.push(returning);
    const spare = await returning;
    const index = this.#returning.indexOf(returning);
    // A cold start has taken it meanwhile.
    if (index < 0) return;
    this.#returning.splice(index, 1);
    if (spare === undefined) return;
    if (this.#closed) this.#discard(spare);
    else this.#keep(spare);
  }

  /**
   * Removes all waiting sandboxes and keeps no more; from now on the shared ones are used. They stay until `succeeded`
   * resolves: then the next version is their user.
   */
  async close(succeeded?: Promise<void>): Promise<void> {
    this.#closed = true;
    this.#alarm?.clear();
    if (succeeded === undefined) this.parts.shared.release(this);
    else void succeeded.then(() => this.parts.shared.release(this));
    for (const spare of this.#waiting.splice(0)) this.#discard(spare);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #kind(): Promise<SandboxKind> {
    return sandboxKind(this.version, await this.parts.imageOf(this.version), this.parts.slots);
  }

  #use(kind: SandboxKind): void {
    if (!this.#closed) this.parts.shared.use(kind, this, this.version.memoryMiB);
  }

  #orderOwn(): void {
    if (this.parts.own === 0) return;
    const own = this.#waiting.filter(({ isReused }) => !isReused).length;
    for (let missing = this.parts.own - own - this.#ordered; missing > 0 && !this.#closed; missing -= 1) {
      this.#ordered += 1;
      void this.#track(this.#makeOwn());
    }
  }

  /** Never rejects; reports a failure, which is retried after the next cold start. */
  async #makeOwn(): Promise<void> {
    try {
      const kind = await this.#kind();
      const { coldStart: _, ...spare } = await this.#assign({
        ...(await this.parts.shared.order(kind)),
        coldStart: 'own-spare',
      });
      if (this.#closed) this.#discard(spare);
      else this.#keep(spare);
    } catch (cause) {
      if (!this.#closed)
        this.parts.fail(new Error(`No spare sandbox for ${this.version.functionName}`, { cause }));
    } finally {
      this.#ordered -= 1;
    }
  }

  async #assign(spare: TakenSpare): Promise<AssignedSandbox> {
    const { memoryMiB, package: code } = this.version;
    try {
      const beganAt = this.parts.clock.elapsed();
      const fill = await spare.sandbox.assign({
        memoryMiB,
        ...(code.kind === 'zip' && {
          codeFolder: code.codeFolder,
          ...(code.layersFolder !== undefined && { layersFolder: code.layersFolder }),
        }),
      });
      return { ...spare, fill, fillMs: this.parts.clock.elapsed() - beganAt };
    } catch (error) {
      this.#discard(spare);
      throw error;
    }
  }

  async #giveBack(taken: AssignedSandbox): Promise<void> {
    const spare = await this.#recycle(taken, true);
    if (spare !== undefined) this.parts.shared.give(spare);
  }

  #keep(spare: Returned): void {
    this.#waiting.push(spare);
    this.#setAlarm();
  }

  /** Set for the oldest returned sandbox; the version's own spares stay. */
  #setAlarm(): void {
    const { clock } = this.parts;
    const first = this.#waiting.find(({ isReused }) => isReused);
    if (first === undefined) return;
    this.#alarm ??= clock.alarm(first.madeAtMs + keptMs, () => {
      this.#alarm = undefined;
      this.#dropAged();
    });
  }

  #dropAged(): void {
    const nowMs = this.parts.clock.now();
    for (const spare of this.#waiting.splice(0)) {
      if (spare.isReused && spare.madeAtMs + keptMs <= nowMs) this.#discard(spare);
      else this.#waiting.push(spare);
    }
    this.#setAlarm();
  }

  async #recycle(taken: AssignedSandbox, vacate: boolean): Promise<Returned | undefined> {
    const { clock } = this.parts;
    const isClean = deferred<boolean>();
    const alarm = clock.alarm(clock.now() + recycleTimeoutMs, () => isClean.resolve(false));
    taken.sandbox.recycle({ vacate }).then(isClean.resolve, () => isClean.resolve(false));
    const isUsable = await isClean.promise;
    alarm.clear();
    const { coldStart: _, ...rest } = taken;
    const spare: Returned = { ...rest, madeAtMs: clock.now(), isReused: true };
    if (isUsable) return spare;
    await this.#discard(spare);
    return undefined;
  }

  /** Never rejects; reports a sandbox that cannot be removed. */
  #discard({ id, sandbox }: { readonly id: string; readonly sandbox: Sandbox }): Promise<void> {
    return this.#track(
      sandbox
        .remove()
        .catch((cause: unknown) =>
          this.parts.fail(new Error(`The spare ${id} could not be removed`, { cause })),
        ),
    );
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }
}
