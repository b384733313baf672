import { isDeepStrictEqual } from 'node:util';
import type { Architecture } from '../aws/runtimes';
import { type Deferred, deferred } from '../lib/deferred';
import type { FunctionRegistry } from './function-registry';
import type { FunctionVersion } from './function-version';
import type { Hosts } from './hosts';
import type { Layers } from './layers';
import { prepareFunction, type Workplace } from './prepare';
import type { FunctionState } from './records';
import type { Registry, Served } from './registry';
import { resolve } from './routing';
import { isSame, type Place } from './state';
import type { WantedFunction } from './wanted';
import { wantedOf } from './wanted-of';

export interface CatalogueOptions {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly layers: Layers;
  /** Who else has functions of a file in the same data folder. */
  readonly hosts: Hosts;
  /** Where the functions of the file are, and what is asked for without a place. */
  readonly place: Place;
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
  /** It was deployed over the wire, and was found to have all that it needs. */
  readonly activated?: true;
  /** `$LATEST`; absent until the first is ready. */
  readonly version?: FunctionVersion;
  /** How many versions are published. */
  readonly published: number;
  readonly aliases: readonly { readonly name: string; readonly version: string }[];
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

type Listener = (place: Place, functionName: string) => void;

/** A function of the file, in the making or made. */
interface Shelved {
  entry: Omit<CatalogueEntry, 'version' | 'published' | 'aliases'>;
  /** Whether what the registry has of it was made in this run: what an earlier one left does not serve. */
  serves: boolean;
  /** Settled when the first version is ready, has failed, or is not wanted any more. */
  first: Deferred<FunctionVersion>;
  /** Which call of `apply` touched it last; what an earlier one still prepares is then of no interest. */
  turn: number;
}

/** The functions that are deployed, by the file or over the wire: what invocations and people ask for. */
export class Catalogue {
  readonly #registry: Registry;
  readonly #functions: FunctionRegistry;
  readonly #hosts: Hosts;
  readonly #place: Place;
  readonly #workplace: Workplace;
  readonly #report: NonNullable<CatalogueOptions['report']>;
  /** Those of the file. */
  readonly #shelved = new Map<string, Shelved>();
  readonly #listeners = new Set<Listener>();
  /** Which revisions were in service when that was told last. */
  readonly #told = new Map<string, string>();
  #turn = 0;
  /** Whether what an earlier run left has been removed. */
  #applied = false;
  #closed = false;

  constructor(options: CatalogueOptions) {
    const { registry, functions, layers, hosts, place, architecture } = options;
    const { store } = registry;
    this.#registry = registry;
    this.#functions = functions;
    this.#hosts = hosts;
    this.#place = place;
    this.#workplace = { store, layers, accountId: place.accountId, architecture };
    this.#report = options.report ?? (() => undefined);
    for (const { place: at, record } of registry.everyServed()) this.#changed(at, record.functionName);
    registry.onChange((at, name) => this.#changed(at, name));
  }

  /**
   * Makes the file's functions be exactly these; what was deployed over the wire stays, but for equal names, and so
   * does what is in the file of another lambdock that lives on the same data folder.
   * Resolves when each is ready or has failed; a failure is in its entry. Unchanged functions stay as they are;
   * a changed one serves as it was until it is ready anew.
   */
  async apply(wanted: readonly WantedFunction[]): Promise<void> {
    const turn = ++this.#turn;
    const names = new Set(wanted.map((each) => each.name));
    for (const name of this.#shelved.keys()) if (!names.has(name)) this.#forget(name);
    const isHostedElsewhere = this.#hosts.host(this.#place, [...names]);
    for (const { place, record } of this.#registry.everyServed()) {
      const { functionName: name, source } = record;
      if (source !== 'template' || (names.has(name) && isSame(place, this.#place))) continue;
      if (!isHostedElsewhere(place, name)) this.#functions.dropTemplate(place, name);
    }
    for (const each of wanted) this.#begin(each, turn);
    if (!this.#applied) {
      this.#applied = true;
      // Now those serve that are another's.
      for (const { place, record } of this.#registry.everyServed()) this.#changed(place, record.functionName);
    }
    await Promise.all(wanted.map((each) => this.#prepare(each, turn)));
  }

  /** The version in service; undefined where there is no such function or version, or none that is ready. */
  find(functionName: string, qualifier = '$LATEST', place = this.#place): FunctionVersion | undefined {
    const served = this.#registry.served(place, functionName);
    return served && this.#serves(served) ? resolve(served, qualifier) : undefined;
  }

  entry(functionName: string, place = this.#place): CatalogueEntry | undefined {
    const served = this.#registry.served(place, functionName);
    const shelved = isSame(place, this.#place) ? this.#shelved.get(functionName) : undefined;
    const version = this.find(functionName, '$LATEST', place);
    const aliases = [...(served?.aliases.values() ?? [])].map((each) => ({
      name: each.name,
      version: each.version,
    }));
    const numbered = { published: served?.published.size ?? 0, aliases };
    if (shelved) return { ...shelved.entry, ...numbered, ...(version && { version }) };
    if (served === undefined) return undefined;
    const { state, stateReason } = served.record;
    return {
      name: functionName,
      state: version ? 'ready' : state === 'Failed' ? 'failed' : 'preparing',
      ...(stateReason && { reason: stateReason.text }),
      wanted: wantedOf(served.record),
      ...numbered,
      ...(version && { version, activated: true }),
    };
  }

  /** By name; the place's own. */
  list(): readonly CatalogueEntry[] {
    const deployed = this.#registry.everyServed().filter(({ place }) => isSame(place, this.#place));
    const names = new Set([...this.#shelved.keys(), ...deployed.map(({ record }) => record.functionName)]);
    return [...names].sort().flatMap((name) => this.entry(name) ?? []);
  }

  /**
   * The file's version in service, waited for where the first is still being prepared.
   * @throws {FunctionUnavailableError}
   */
  async ready(functionName: string): Promise<FunctionVersion> {
    const version = this.find(functionName);
    if (version) return version;
    const shelved = this.#shelved.get(functionName);
    if (shelved === undefined) throw unknown(functionName);
    return shelved.first.promise;
  }

  /** What is still being prepared is left alone. */
  close(): void {
    this.#closed = true;
  }

  has(place: Place, functionName: string): boolean {
    return this.#registry.served(place, functionName) !== undefined;
  }

  /** The state of what was deployed over the wire and cannot be run, or not yet. */
  pendingState(place: Place, functionName: string, qualifier: string): FunctionState | undefined {
    const served = this.#registry.served(place, functionName);
    if (served === undefined || !this.#serves(served)) return undefined;
    const version = served.aliases.get(qualifier)?.version ?? qualifier;
    const record = version === '$LATEST' ? served.record : served.published.get(version);
    return record?.state === 'Active' ? undefined : record?.state;
  }

  /** The versions of a function that are in service, its `$LATEST` first. */
  inService(place: Place, functionName: string): readonly FunctionVersion[] {
    const served = this.#registry.served(place, functionName);
    return served && this.#serves(served) ? [...served.versions.values()] : [];
  }

  /**
   * Told of functions whose versions in service are other ones now, or gone, so that environments of the old ones
   * are retired. A new description alone is no such change.
   * @returns what ends it
   */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #serves({ place, record }: Served): boolean {
    if (!isSame(place, this.#place) || record.source === 'api') return true;
    const shelved = this.#shelved.get(record.functionName);
    // What is not of our own file, and still there, is of another lambdock's, who has made it ready.
    return shelved ? shelved.serves : this.#applied;
  }

  #begin(wanted: WantedFunction, turn: number): void {
    const before = this.#shelved.get(wanted.name);
    const unchanged = before?.entry.state === 'ready' && isDeepStrictEqual(before.entry.wanted, wanted);
    const entry = { name: wanted.name, state: unchanged ? 'ready' : 'preparing', wanted } as const;
    const waiting = before?.entry.state === 'preparing' || before?.serves;
    const first = before !== undefined && waiting ? before.first : unheard();
    this.#shelved.set(wanted.name, { entry, first, turn, serves: before?.serves ?? false });
  }

  async #prepare(wanted: WantedFunction, turn: number): Promise<void> {
    const { name } = wanted;
    const report = (step: string, fraction?: number) => this.#report(name, step, fraction);
    const outcome = await prepareFunction(wanted, this.#workplace, report).catch((error: unknown) =>
      messageOf(error),
    );
    const shelved = this.#shelved.get(name);
    if (shelved?.turn !== turn || this.#closed) return;
    if (typeof outcome === 'string') {
      shelved.entry = { ...shelved.entry, state: 'failed', reason: outcome };
      shelved.first.reject(new FunctionUnavailableError('failed', name, `${name} cannot be run. ${outcome}`));
      return;
    }
    shelved.entry = { name, state: 'ready', wanted };
    shelved.serves = true;
    this.#functions.putTemplate(this.#place, name, outcome);
    const version = this.find(name);
    if (version) shelved.first.resolve(version);
  }

  #forget(name: string): void {
    this.#shelved.get(name)?.first.reject(unknown(name));
    this.#shelved.delete(name);
  }

  #changed(place: Place, name: string): void {
    // Deleted over the wire: it is gone until the file is deployed again.
    const isDeleted = isSame(place, this.#place) && !this.has(place, name);
    if (isDeleted && this.#shelved.get(name)?.serves) this.#shelved.delete(name);
    const key = `${place.region} ${place.accountId} ${name}`;
    const now = this.inService(place, name)
      .map(({ version, revision }) => `${version} ${revision}`)
      .join();
    if (now === (this.#told.get(key) ?? '')) return;
    this.#told.set(key, now);
    for (const listener of this.#listeners) listener(place, name);
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
