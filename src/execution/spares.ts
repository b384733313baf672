import type { Engine, ImageStart, Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';

/** A sandbox behind its gate, not yet anybody's environment. */
export interface Spare {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly image: ImageStart;
  readonly madeAtMs: number;
}

export interface SpareParts {
  readonly engine: Engine;
  readonly nowMs: () => number;
  readonly newId: (version: FunctionVersion) => string;
  readonly imageOf: (version: FunctionVersion) => Promise<ImageStart>;
  readonly fail: (error: Error) => void;
}

/**
 * Sandboxes made ahead of need for one function version. Whoever takes one gets a waiting one, else the one
 * that is being made, else one made on demand.
 */
export class Spares {
  readonly #waiting: Spare[] = [];
  /** Being made and not yet promised to anybody. */
  readonly #unclaimed: Promise<Spare>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
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
  async take(): Promise<Spare & { readonly coldStart: 'spare' | 'on-demand' }> {
    for (let spare = this.#waiting.shift(); spare !== undefined; spare = this.#waiting.shift()) {
      if (spare.sandbox.alive) return { ...spare, coldStart: 'spare' };
      this.#discard(spare);
    }
    const coming = this.#unclaimed.shift();
    return { ...(await (coming ?? this.#make())), coldStart: 'on-demand' };
  }

  /** Makes as many as are missing. Failures are told once and not repeated until the next call. */
  replenish(): void {
    for (
      let missing = this.wanted - this.#waiting.length - this.#unclaimed.length;
      missing > 0;
      missing -= 1
    ) {
      if (this.#closed) return;
      const coming = this.#make();
      this.#unclaimed.push(coming);
      coming.then(
        (spare) => {
          if (!this.#forget(coming)) return;
          if (this.#closed) this.#discard(spare);
          else this.#waiting.push(spare);
        },
        (cause: unknown) => {
          if (this.#forget(coming) && !this.#closed) {
            this.parts.fail(new Error(`No spare sandbox for ${this.version.functionName}`, { cause }));
          }
        },
      );
    }
  }

  /** Removes all that wait or are being made, and makes no more ahead; what is taken from now on is made on demand. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const spare of this.#waiting.splice(0)) this.#discard(spare);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #discard(spare: Spare): void {
    this.#track(
      spare.sandbox
        .remove()
        .catch((cause: unknown) =>
          this.parts.fail(new Error(`The spare ${spare.id} could not be removed`, { cause })),
        ),
    );
  }

  #forget(coming: Promise<Spare>): boolean {
    const index = this.#unclaimed.indexOf(coming);
    if (index >= 0) this.#unclaimed.splice(index, 1);
    return index >= 0;
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
      functionName: version.functionName,
      functionVersion: version.version,
      image: image.image,
      memoryMiB: version.memoryMiB,
      ephemeralStorageMiB: version.ephemeralStorageMiB,
      ...(version.package.kind === 'zip' && {
        codeFolder: version.package.codeFolder,
        ...(version.package.layersFolder !== undefined && { layersFolder: version.package.layersFolder }),
      }),
    });
    return { id, sandbox, image, madeAtMs: parts.nowMs() };
  }
}
