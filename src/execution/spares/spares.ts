import type { ImageStart, Sandbox } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import type { Alarm, Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import type { SharedSpares } from './shared-spares';
import { type AssignedSandbox, type SandboxKind, type Spare, sandboxKind, type TakenSpare } from './spare';

/** For whom a sandbox is emptied whose environment has ended: for its own function, or for any of its kind. */
export type Reuse = 'function' | 'any';

export interface SpareParts {
  readonly shared: SharedSpares;
  readonly clock: Clock;
  /** Whether the engine fills sandboxes later. */
  readonly slots: boolean;
  readonly reuse: Reuse;
  /** How many sandboxes are always ready for this version alone. */
  readonly own: number;
  readonly imageOf: (version: FunctionVersion) => Promise<ImageStart>;
  readonly fail: (error: Error) => void;
}

/** How long sandboxes stay that were handed back: the next burst may want them all. */
export const keptMs = 60_000;

/** Emptying a sandbox takes some ten milliseconds; one that takes longer is not used again. */
const recycleTimeoutMs = 5_000;

/** A sandbox that has its function's code already. */
type Returned = Omit<AssignedSandbox, 'coldStart'>;

/**
 * Where one function version gets its sandboxes: those that its environments have handed back, then shared ones that are
 * ready, then those that are being emptied, then one that is made.
 */
export class Spares {
  readonly #waiting: Returned[] = [];
  /** Being emptied and not promised to a cold start yet; resolves to nothing where that fails. */
  readonly #returning: Promise<Returned | undefined>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #ordered = 0;
  #alarm: Alarm | undefined;
  #closed = false;

  constructor(
    readonly version: FunctionVersion,
    private readonly parts: SpareParts,
  ) {}

  /** Sandboxes that are ready for this version and no other. */
  get waiting(): readonly Spare[] {
    return this.#waiting;
  }

  /** Has sandboxes of the version's kind made ahead. Rejects where its image is not available. */
  async prepare(): Promise<void> {
    this.#use(await this.#kind());
    this.#orderOwn();
  }

  /** A sandbox with the version's code in it. Rejects with `EngineError` where none can be made. */
  async take(): Promise<AssignedSandbox> {
    for (let spare = this.#waiting.shift(); spare !== undefined; spare = this.#waiting.shift()) {
      if (spare.sandbox.alive) return { ...spare, coldStart: spare.isReused ? 'reused' : 'own-spare' };
      this.#discard(spare);
    }
    const kind = await this.#kind();
    this.#use(kind);
    while (!this.parts.shared.hasReady(kind) && this.#returning.length > 0) {
      // Where this one could not be emptied, others may be there by now.
      const spare = await this.#returning.shift();
      if (spare !== undefined) return { ...spare, coldStart: 'reused' };
    }
    return this.#track(this.#assign(await this.parts.shared.take(kind)));
  }

  /** Ages what waits for this version only, as if so much time had passed. */
  advanceIdle(ms: number): void {
    for (const [index, spare] of this.#waiting.entries())
      if (spare.isReused) this.#waiting[index] = { ...spare, madeAtMs: spare.madeAtMs - ms };
    this.#dropAged();
  }

  /** Makes what is missing of the version's kind, and of its own. */
  replenish(): void {
    this.parts.shared.replenish();
    this.#orderOwn();
  }

  /**
   * Empties a sandbox and keeps it for the next cold start: for a while where it is for this version only. Where no spares
   * are kept, or something is left in it, it is removed. Resolves when that is done.
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
    // A cold start that came meanwhile has it.
    if (index < 0) return;
    this.#returning.splice(index, 1);
    if (spare === undefined) return;
    if (this.#closed) this.#discard(spare);
    else this.#keep(spare);
  }

  /**
   * Removes all that wait and keeps no more; what is taken from now on comes from the shared ones. Those stay until
   * `succeeded` resolves: the version that comes next is their user by then.
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

  /** Never rejects. A failure is reported, and tried again after the next cold start. */
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

  /** For the first of those that were handed back; the version's own stay. */
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

  /** Never rejects: what cannot be removed is reported. */
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
