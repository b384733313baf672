import type { Engine, ImageStart, Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import type { Alarm, Clock } from '../lib/clock';
import { deferred } from '../lib/deferred';
import type { ColdStart } from './environment-summary';

/** A sandbox behind its gate, not yet anybody's environment. */
export interface Spare {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly image: ImageStart;
  readonly madeAtMs: number;
  /** How the cold start that takes it will have come by it. */
  readonly kind: 'spare' | 'reused';
}

export interface SpareParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly newId: (version: FunctionVersion) => string;
  readonly imageOf: (version: FunctionVersion) => Promise<ImageStart>;
  readonly fail: (error: Error) => void;
}

/** How long sandboxes stay that were handed back and are more than are kept ahead: the next burst may want them all. */
export const surplusMs = 60_000;

/** Emptying a sandbox takes some ten milliseconds; one that takes longer is not used again. */
const recycleTimeoutMs = 5_000;

/**
 * Sandboxes made ahead of need for one function version, and those that its environments have handed back. Whoever takes
 * one gets a waiting one, else one that is being handed back or made, else one made on demand.
 */
export class Spares {
  readonly #waiting: Spare[] = [];
  /** Being made and not yet promised to anybody. */
  readonly #unclaimed: Promise<Spare>[] = [];
  /** Being emptied and not yet promised to anybody; resolves to nothing where that fails. */
  readonly #returning: Promise<Spare | undefined>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #surplus: Alarm | undefined;
  #closed = false;

  constructor(
    readonly version: FunctionVersion,
    private readonly wanted: number,
    private readonly parts: SpareParts,
  ) {}

  get waiting(): readonly Spare[] {
    return this.#waiting;
  }

  /** A sandbox, and how it was come by. Rejects with `EngineError` where none can be made. */
  async take(): Promise<Spare & { readonly coldStart: ColdStart }> {
    for (;;) {
      for (let spare = this.#waiting.shift(); spare !== undefined; spare = this.#waiting.shift()) {
        if (spare.sandbox.alive) return { ...spare, coldStart: spare.kind };
        this.#discard(spare);
      }
      const returning = this.#returning.shift();
      if (returning === undefined) break;
      // One that could not be emptied is none; others may have come to wait meanwhile.
      const spare = await returning;
      if (spare !== undefined) return { ...spare, coldStart: spare.kind };
    }
    const coming = this.#unclaimed.shift();
    return { ...(await (coming ?? this.#make())), coldStart: 'on-demand' };
  }

  /** Makes as many as are missing. Failures are told once and not repeated until the next call. */
  replenish(): void {
    for (
      let missing = this.wanted - this.#waiting.length - this.#returning.length - this.#unclaimed.length;
      missing > 0;
      missing -= 1
    ) {
      if (this.#closed) return;
      const coming = this.#make();
      this.#unclaimed.push(coming);
      coming.then(
        (spare) => {
          if (!forget(this.#unclaimed, coming)) return;
          if (this.#closed) this.#discard(spare);
          else this.#keep(spare);
        },
        (cause: unknown) => {
          if (forget(this.#unclaimed, coming) && !this.#closed) {
            this.parts.fail(new Error(`No spare sandbox for ${this.version.functionName}`, { cause }));
          }
        },
      );
    }
  }

  /**
   * Empties a sandbox and keeps it as a spare. One that is more than are wanted is kept for a while; where none are wanted at
   * all, or something is left in it, it is removed. Resolves when that is done.
   */
  async takeBack(sandbox: Sandbox, image: ImageStart): Promise<void> {
    if (this.#closed || this.wanted === 0) return this.#track(sandbox.remove());
    const returning = this.#track(this.#recycle(sandbox, image));
    this.#returning.push(returning);
    const spare = await returning;
    // Whoever took it meanwhile has it.
    if (!forget(this.#returning, returning) || spare === undefined) return;
    if (this.#closed) this.#discard(spare);
    else this.#keep(spare);
  }

  /** Removes all that wait or are being made, and makes no more ahead; what is taken from now on is made on demand. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#surplus?.clear();
    for (const spare of this.#waiting.splice(0)) this.#discard(spare);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #keep(spare: Spare): void {
    this.#waiting.push(spare);
    if (this.#waiting.length <= this.wanted) return;
    const { clock } = this.parts;
    this.#surplus ??= clock.alarm(clock.now() + surplusMs, () => {
      this.#surplus = undefined;
      const surplus = Math.max(0, this.#waiting.length - this.wanted);
      for (const each of this.#waiting.splice(0, surplus)) this.#discard(each);
    });
  }

  async #recycle(sandbox: Sandbox, image: ImageStart): Promise<Spare | undefined> {
    const { clock } = this.parts;
    const isClean = deferred<boolean>();
    const alarm = clock.alarm(clock.now() + recycleTimeoutMs, () => isClean.resolve(false));
    sandbox.recycle().then(isClean.resolve, () => isClean.resolve(false));
    const isUsable = await isClean.promise;
    alarm.clear();
    const spare: Spare = { id: sandbox.id, sandbox, image, madeAtMs: clock.now(), kind: 'reused' };
    if (isUsable) return spare;
    await this.#discard(spare);
    return undefined;
  }

  /** Never rejects: what cannot be removed is told. */
  #discard(spare: Spare): Promise<void> {
    return this.#track(
      spare.sandbox
        .remove()
        .catch((cause: unknown) =>
          this.parts.fail(new Error(`The spare ${spare.id} could not be removed`, { cause })),
        ),
    );
  }

  #make(): Promise<Spare> {
    return this.#track(this.#makeOne());
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }

  async #makeOne(): Promise<Spare> {
    const { version, parts } = this;
    const image = await parts.imageOf(version);
    const id = parts.newId(version);
    const sandbox = await parts.engine.createSandbox({
      id,
      image: image.image,
      memoryMiB: version.memoryMiB,
      ephemeralStorageMiB: version.ephemeralStorageMiB,
      ...(version.package.kind === 'zip' && {
        codeFolder: version.package.codeFolder,
        ...(version.package.layersFolder !== undefined && { layersFolder: version.package.layersFolder }),
      }),
    });
    return { id, sandbox, image, madeAtMs: parts.clock.now(), kind: 'spare' };
  }
}

/** Whether it was there. */
function forget<T>(list: T[], one: T): boolean {
  const index = list.indexOf(one);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
