import { isDeepStrictEqual } from 'node:util';
import type { Architecture } from '../aws/runtimes';
import { type Deferred, deferred } from '../lib/deferred';
import type { FunctionVersion } from './function-version';
import { type LayerBuilder, Layers } from './layers';
import { prepareVersion, type Workplace } from './prepare';
import type { Store } from './store';
import type { WantedFunction } from './wanted';

export interface CatalogueOptions {
  readonly store: Store;
  readonly buildLayer: LayerBuilder;
  readonly region: string;
  readonly accountId: string;
  /** What the engine runs. */
  readonly architecture: Architecture;
  /** Told of every step of preparing a function. */
  readonly report?: (functionName: string, step: string, fraction?: number) => void;
}

/** What is known of one function. */
export interface CatalogueEntry {
  readonly name: string;
  /** Of the newest settings: a version that served before goes on until a new one is ready. */
  readonly state: 'preparing' | 'ready' | 'failed';
  /** Why it failed, a sentence. */
  readonly reason?: string;
  readonly wanted: WantedFunction;
  /** `$LATEST`; absent until the first is ready. */
  readonly version?: FunctionVersion;
}

/** No version of a function can be had. */
export class FunctionUnavailableError extends Error {
  override readonly name = 'FunctionUnavailableError';

  constructor(
    readonly kind: 'unknown' | 'failed',
    readonly functionName: string,
    message: string,
  ) {
    super(message);
  }
}

type Listener = (names: readonly string[]) => void;

/** A function in the making or made. */
interface Shelved {
  entry: CatalogueEntry;
  /** Settled when the first version is ready, has failed, or is not wanted any more. */
  first: Deferred<FunctionVersion>;
  /** Which call of `apply` touched it last; what an earlier one still prepares is then of no interest. */
  turn: number;
}

/** The functions that are deployed, by name. */
export class Catalogue {
  readonly #workplace: Workplace;
  readonly #report: NonNullable<CatalogueOptions['report']>;
  readonly #functions = new Map<string, Shelved>();
  readonly #listeners = new Set<Listener>();
  #turn = 0;

  constructor(options: CatalogueOptions) {
    const { store, buildLayer, region, accountId, architecture } = options;
    this.#workplace = { store, layers: new Layers(store, buildLayer), region, accountId, architecture };
    this.#report = options.report ?? (() => undefined);
  }

  /**
   * Makes the catalogue hold exactly these functions. Resolves when each is ready or has failed; a failure is
   * in its entry. Unchanged functions stay as they are; a changed one serves as it was until it is ready anew.
   */
  async apply(wanted: readonly WantedFunction[]): Promise<void> {
    const turn = ++this.#turn;
    const names = new Set(wanted.map((each) => each.name));
    const removed = [...this.#functions.keys()].filter((name) => !names.has(name));
    for (const name of removed) this.#remove(name);
    this.#tell(removed);
    for (const each of wanted) this.#begin(each, turn);
    await Promise.all(wanted.map((each) => this.#prepare(each, turn)));
  }

  /** The version in service; undefined where there is no such function or version, or none that is ready. */
  find(functionName: string, qualifier = '$LATEST'): FunctionVersion | undefined {
    return qualifier === '$LATEST' ? this.#functions.get(functionName)?.entry.version : undefined;
  }

  entry(functionName: string): CatalogueEntry | undefined {
    return this.#functions.get(functionName)?.entry;
  }

  /** By name. */
  list(): readonly CatalogueEntry[] {
    const entries = [...this.#functions.values()].map((shelved) => shelved.entry);
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * The version in service, waited for where the first is still being prepared.
   * @throws {FunctionUnavailableError}
   */
  async ready(functionName: string): Promise<FunctionVersion> {
    const shelved = this.#functions.get(functionName);
    if (shelved === undefined) throw unknown(functionName);
    return shelved.entry.version ?? shelved.first.promise;
  }

  /**
   * Told the names of functions whose version in service is another one now, or gone, so that environments of
   * the old one are retired. A new description alone is no such change.
   * @returns what ends it
   */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #begin(wanted: WantedFunction, turn: number): void {
    const before = this.#functions.get(wanted.name);
    const unchanged = before?.entry.state === 'ready' && isDeepStrictEqual(before.entry.wanted, wanted);
    const { version } = before?.entry ?? {};
    const entry: CatalogueEntry = {
      name: wanted.name,
      state: unchanged ? 'ready' : 'preparing',
      wanted,
      ...(version !== undefined && { version }),
    };
    const waiting = before?.entry.state === 'preparing' || version !== undefined;
    const first = before !== undefined && waiting ? before.first : unheard();
    this.#functions.set(wanted.name, { entry, first, turn });
  }

  async #prepare(wanted: WantedFunction, turn: number): Promise<void> {
    const { name } = wanted;
    const report = (step: string, fraction?: number) => this.#report(name, step, fraction);
    const outcome = await prepareVersion(wanted, this.#workplace, report).catch((error: unknown) =>
      messageOf(error),
    );
    const shelved = this.#functions.get(name);
    if (shelved?.turn !== turn) return;
    if (typeof outcome === 'string') {
      shelved.entry = { ...shelved.entry, state: 'failed', reason: outcome };
      shelved.first.reject(new FunctionUnavailableError('failed', name, `${name} cannot be run. ${outcome}`));
      return;
    }
    const before = shelved.entry.version;
    shelved.entry = { name, state: 'ready', wanted, version: outcome };
    shelved.first.resolve(outcome);
    if (before?.revision !== outcome.revision) this.#tell([name]);
  }

  #remove(name: string): void {
    this.#functions.get(name)?.first.reject(unknown(name));
    this.#functions.delete(name);
  }

  #tell(names: readonly string[]): void {
    if (names.length > 0) for (const listener of this.#listeners) listener(names);
  }
}

/** A rejection that nobody waits for is no unhandled one: the entry has the reason. */
function unheard(): Deferred<FunctionVersion> {
  const first = deferred<FunctionVersion>();
  first.promise.catch(() => undefined);
  return first;
}

function messageOf(error: unknown): string {
  return error instanceof Object && 'message' in error ? String(error.message) : String(error);
}

function unknown(functionName: string): FunctionUnavailableError {
  return new FunctionUnavailableError('unknown', functionName, `There is no function ${functionName}.`);
}
