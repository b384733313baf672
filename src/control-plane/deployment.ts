import { formatFunctionArn } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import type { Fleet } from '../execution/fleet';
import { type Catalogue, type CatalogueEntry, FunctionUnavailableError } from '../functions/catalogue';
import type { FunctionVersion } from '../functions/function-version';
import type { WantedFunction } from '../functions/wanted';
import type { FunctionFacts } from './operator';

/** Joins what is deployed with what runs: a changed version replaces its environments, a new one gets spares. */
export class Deployment {
  readonly #catalogue: Catalogue;
  readonly #fleet: Fleet;
  readonly #place: { readonly region: string; readonly accountId: string };
  readonly #say: (sentence: string) => void;
  /** Why a version's image cannot be had, by revision. Absent while it is not known yet. */
  readonly #images = new Map<string, 'ready' | { readonly reason: string }>();
  readonly #underWay = new Set<Promise<void>>();
  /** What was last said of each function, so that a change elsewhere does not repeat it. */
  readonly #said = new Map<string, string>();

  constructor(
    catalogue: Catalogue,
    fleet: Fleet,
    place: { readonly region: string; readonly accountId: string },
    say: (sentence: string) => void,
  ) {
    this.#place = place;
    this.#catalogue = catalogue;
    this.#fleet = fleet;
    this.#say = say;
    catalogue.onChange((names) => {
      for (const name of names) this.#changed(name);
    });
  }

  /** Resolves when each function is ready or has failed. */
  async apply(wanted: readonly WantedFunction[]): Promise<void> {
    await this.#catalogue.apply(wanted);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    for (const { name, state, reason } of this.functions()) {
      const news = `${state} ${this.#catalogue.find(name)?.revision ?? ''} ${reason ?? ''}`;
      if (this.#said.get(name) === news) continue;
      this.#said.set(name, news);
      this.#say(state === 'ready' ? `${name} is ready` : `${name} failed: ${reason ?? ''}`);
    }
  }

  /** The version to run; waits while its first one is prepared. */
  async find(functionName: string, qualifier: string): Promise<FunctionVersion | undefined> {
    const ready = this.#catalogue.find(functionName, qualifier);
    if (ready !== undefined) return ready;
    if (qualifier !== '$LATEST' || this.#catalogue.entry(functionName) === undefined) return undefined;
    try {
      return await this.#catalogue.ready(functionName);
    } catch (cause) {
      if (!(cause instanceof FunctionUnavailableError)) throw cause;
      if (cause.kind === 'unknown') return undefined;
      throw new LambdaError(
        'ResourceConflictException',
        `The operation cannot be performed at this time. The function is currently in the following state: Failed. ${cause.message}`,
        {},
        { cause },
      );
    }
  }

  functions(): FunctionFacts[] {
    return this.#catalogue.list().map((entry) => this.#facts(entry));
  }

  #changed(functionName: string): void {
    const version = this.#catalogue.find(functionName);
    this.#fleet.replace(functionName, version);
    if (version === undefined) return;
    const preparing = this.#fleet.prepare(version).then(
      () => void this.#images.set(version.revision, 'ready'),
      (error: unknown) =>
        void this.#images.set(version.revision, {
          reason: error instanceof Error ? error.message : String(error),
        }),
    );
    this.#underWay.add(preparing);
    void preparing.then(() => this.#underWay.delete(preparing));
  }

  #facts({ name, wanted, state, reason, version }: CatalogueEntry): FunctionFacts {
    const { package: code, memoryMiB, timeoutMs, ephemeralStorageMiB } = wanted;
    const image = version && this.#images.get(version.revision);
    const imageReason = typeof image === 'object' ? image.reason : undefined;
    const why = reason ?? imageReason;
    return {
      name,
      ...(code.kind === 'zip'
        ? { packageType: 'Zip', runtime: code.runtime, handler: code.handler }
        : { packageType: 'Image', image: code.image }),
      memorySize: memoryMiB,
      timeout: timeoutMs / 1000,
      ephemeralStorage: ephemeralStorageMiB,
      state:
        state !== 'ready'
          ? state
          : image === 'ready'
            ? 'ready'
            : imageReason === undefined
              ? 'preparing'
              : 'failed',
      ...(why !== undefined && { reason: why }),
      arn: formatFunctionArn({ ...this.#place, functionName: name }),
    };
  }
}
