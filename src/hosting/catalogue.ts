import { isDeepStrictEqual } from 'node:util';
import type { Architecture } from '../aws/architecture';
import type { ArchitectureCheck } from '../functions/build/architecture-check';
import type { CodeBuilder } from '../functions/build/code-builder';
import type { Layers } from '../functions/build/layers';
import { type BuildContext, prepareFunction } from '../functions/build/prepare';
import type { FunctionVersion } from '../functions/function-version';
import type { FunctionRegistry } from '../functions/registry/functions';
import type { FunctionState } from '../functions/registry/records';
import type { Registry, Served } from '../functions/registry/registry';
import { resolve } from '../functions/registry/routing';
import { isSameScope, type Scope } from '../functions/registry/state';
import type { TemplateOwners } from '../functions/registry/template-owners';
import type { WantedFunction } from '../functions/template/wanted';
import { type Deferred, deferred } from '../lib/deferred';
import { systemProblem } from '../lib/system-problem';
import { isTouched } from './sources';
import { wantedOf } from './wanted-of';

export interface CatalogueOptions {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly layers: Layers;
  readonly builder: CodeBuilder;
  /** Template functions of all lambdocks on the same data folder. */
  readonly hosts: TemplateOwners;
  /** Account and region of template functions, and the default of requests. */
  readonly scope: Scope;
  /** The engine's architecture. */
  readonly architecture: Architecture;
  readonly checkArchitecture: ArchitectureCheck;
  readonly imageId: BuildContext['imageId'];
  /** Gets each warning about a function's code once. */
  readonly say?: (sentence: string) => void;
  /** Called with every step of preparing a function. */
  readonly report?: (functionName: string, step: string, fraction?: number) => void;
}

/** Status of one function. */
export interface CatalogueEntry {
  readonly name: string;
  /** State of the newest settings. The previous version serves until the new one is ready. */
  readonly state: 'preparing' | 'ready' | 'failed';
  /** Why it failed, a sentence. */
  readonly reason?: string;
  readonly wanted: WantedFunction;
  /** It was deployed over the wire, and was found to have all that it needs. */
  readonly activated?: true;
  /** The template names it. */
  readonly isFromTemplate?: true;
  /** `$LATEST`; absent until the first is ready. */
  readonly version?: FunctionVersion;
  /** How many versions are published. */
  readonly published: number;
  readonly aliases: readonly { readonly name: string; readonly version: string }[];
}

/** No version of a function is available. */
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

type Listener = (scope: Scope, functionName: string) => void;

/** A function of the file, in the making or made. */
interface TemplateFunction {
  entry: Omit<CatalogueEntry, 'version' | 'published' | 'aliases'>;
  /** Whether what the registry has of it was made in this run: what an earlier one left does not serve. */
  serves: boolean;
  /** Settled when the first version is ready, has failed, or is not wanted any more. */
  first: Deferred<FunctionVersion>;
  /** Which call of `apply` touched it last; what an earlier one still prepares is then of no interest. */
  turn: number;
  /** The revision that was made of its sources when these were looked at last; absent while they are. */
  checked?: string;
}

/** The functions that are deployed, by the file or over the wire: what invocations and people ask for. */
export class Catalogue {
  readonly #registry: Registry;
  readonly #functions: FunctionRegistry;
  readonly #hosts: TemplateOwners;
  readonly #scope: Scope;
  readonly #workplace: BuildContext;
  readonly #report: NonNullable<CatalogueOptions['report']>;
  /** Functions of the template. */
  readonly #templateFunctions = new Map<string, TemplateFunction>();
  readonly #listeners = new Set<Listener>();
  /** The revisions in service at the last announcement. */
  readonly #announced = new Map<string, string>();
  #turn = 0;
  /** Whether what an earlier run left has been removed. */
  #applied = false;
  #closed = false;

  constructor(options: CatalogueOptions) {
    const { registry, functions, layers, builder, hosts, scope, architecture, checkArchitecture } = options;
    const { imageId } = options;
    const { store } = registry;
    const warned = new Set<string>();
    const say = (sentence: string) => {
      if (!warned.has(sentence)) options.say?.(sentence);
      warned.add(sentence);
    };
    this.#registry = registry;
    this.#functions = functions;
    this.#hosts = hosts;
    this.#scope = scope;
    this.#workplace = {
      store,
      layers,
      builder,
      accountId: scope.accountId,
      architecture,
      checkArchitecture,
      imageId,
      say,
    };
    this.#report = options.report ?? (() => undefined);
    for (const { scope: at, record } of registry.everyServed()) this.#changed(at, record.functionName);
    registry.onChange((at, name) => this.#changed(at, name));
  }

  /** Lists these as being prepared, and lets their invocations wait, until they are applied. */
  expect(wanted: readonly WantedFunction[]): void {
    const turn = ++this.#turn;
    for (const each of wanted) this.#begin(each, turn);
  }

  /**
   * Replaces the template's functions. Functions that clients deployed stay, except those with the same name; functions
   * of other running lambdocks' templates on the same data folder stay too. Resolves when each function is ready or has
   * failed; its entry has the failure. A changed function serves its previous version until the new one is ready.
   * `changed` has the absolute paths that may have changed since the last call; other sources are not read.
   */
  async apply(wanted: readonly WantedFunction[], changed?: ReadonlySet<string>): Promise<void> {
    const turn = ++this.#turn;
    const touched = wanted.filter((each) => !this.#isUntouched(each, changed));
    const names = new Set(wanted.map((each) => each.name));
    for (const name of this.#templateFunctions.keys()) if (!names.has(name)) this.#forget(name);
    const isHostedElsewhere = this.#hosts.host(this.#scope, [...names]);
    for (const { scope, record } of this.#registry.everyServed()) {
      const { functionName: name, source } = record;
      if (source !== 'template' || (names.has(name) && isSameScope(scope, this.#scope))) continue;
      if (!isHostedElsewhere(scope, name)) this.#functions.dropTemplate(scope, name);
    }
    for (const each of wanted) this.#begin(each, turn);
    if (!this.#applied) {
      this.#applied = true;
      // Now those serve that are another's.
      for (const { scope, record } of this.#registry.everyServed()) this.#changed(scope, record.functionName);
    }
    await Promise.all(touched.map((each) => this.#prepare(each, turn)));
  }

  /** The version in service; undefined if the function or version does not exist or is not ready. */
  find(functionName: string, qualifier = '$LATEST', scope = this.#scope): FunctionVersion | undefined {
    const served = this.#registry.served(scope, functionName);
    return served && this.#serves(served) ? resolve(served, qualifier) : undefined;
  }

  entry(functionName: string, scope = this.#scope): CatalogueEntry | undefined {
    const served = this.#registry.served(scope, functionName);
    const templateFunction = isSameScope(scope, this.#scope)
      ? this.#templateFunctions.get(functionName)
      : undefined;
    const version = this.find(functionName, '$LATEST', scope);
    const aliases = [...(served?.aliases.values() ?? [])].map((each) => ({
      name: each.name,
      version: each.version,
    }));
    const numbered = { published: served?.published.size ?? 0, aliases };
    if (templateFunction) {
      const { entry } = templateFunction;
      // Changes over the API count until the template's next deployment.
      const wanted = entry.state === 'ready' && served ? wantedOf(served.record) : entry.wanted;
      return { ...entry, wanted, isFromTemplate: true, ...numbered, ...(version && { version }) };
    }
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

  /** Functions of the account and region, by name. */
  list(): readonly CatalogueEntry[] {
    const deployed = this.#registry.everyServed().filter(({ scope }) => isSameScope(scope, this.#scope));
    const names = new Set([
      ...this.#templateFunctions.keys(),
      ...deployed.map(({ record }) => record.functionName),
    ]);
    return [...names].sort().flatMap((name) => this.entry(name) ?? []);
  }

  /**
   * The version in service of a template function. Waits while the first version is being prepared.
   * @throws {FunctionUnavailableError}
   */
  async ready(functionName: string): Promise<FunctionVersion> {
    const version = this.find(functionName);
    if (version) return version;
    const templateFunction = this.#templateFunctions.get(functionName);
    if (templateFunction === undefined) throw unknown(functionName);
    return templateFunction.first.promise;
  }

  /** Does not wait for functions that are being prepared. */
  close(): void {
    this.#closed = true;
  }

  /** Whether a template has it: this lambdock's, or that of another one on the same data folder. */
  isOfTemplate(functionName: string): boolean {
    if (this.#templateFunctions.has(functionName)) return true;
    return this.#registry.served(this.#scope, functionName)?.record.source === 'template';
  }

  has(scope: Scope, functionName: string): boolean {
    return this.#registry.served(scope, functionName) !== undefined;
  }

  /** The state of what was deployed over the wire and cannot be run, or not yet. */
  pendingState(scope: Scope, functionName: string, qualifier: string): FunctionState | undefined {
    const served = this.#registry.served(scope, functionName);
    if (served === undefined || !this.#serves(served)) return undefined;
    const version = served.aliases.get(qualifier)?.version ?? qualifier;
    const record = version === '$LATEST' ? served.record : served.published.get(version);
    return record?.state === 'Active' ? undefined : record?.state;
  }

  /** The versions of a function that are in service, its `$LATEST` first. */
  inService(scope: Scope, functionName: string): readonly FunctionVersion[] {
    const served = this.#registry.served(scope, functionName);
    return served && this.#serves(served) ? [...served.versions.values()] : [];
  }

  /**
   * Called for functions whose versions in service have changed, so that environments of the old ones
   * are retired. A new description alone is no such change.
   * @returns what ends it
   */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #serves({ scope, record }: Served): boolean {
    if (!isSameScope(scope, this.#scope) || record.source === 'api') return true;
    const templateFunction = this.#templateFunctions.get(record.functionName);
    // What is not of our own file, and still there, is of another lambdock's, who has made it ready.
    return templateFunction ? templateFunction.serves : this.#applied;
  }

  #begin(wanted: WantedFunction, turn: number): void {
    const before = this.#templateFunctions.get(wanted.name);
    const unchanged = before?.entry.state === 'ready' && isDeepStrictEqual(before.entry.wanted, wanted);
    const entry = { name: wanted.name, state: unchanged ? 'ready' : 'preparing', wanted } as const;
    const waiting = before?.entry.state === 'preparing' || before?.serves;
    const first = before !== undefined && waiting ? before.first : unheard();
    this.#templateFunctions.set(wanted.name, {
      entry,
      first,
      turn,
      serves: before?.serves ?? false,
      ...(unchanged && before.checked !== undefined && { checked: before.checked }),
    });
  }

  #isUntouched(wanted: WantedFunction, changed: ReadonlySet<string> | undefined): boolean {
    const before = this.#templateFunctions.get(wanted.name);
    if (changed === undefined || before?.checked === undefined) return false;
    // A function that a client changed meanwhile is restored to the template's settings.
    const isSame = this.find(wanted.name)?.revision === before.checked;
    return isSame && isDeepStrictEqual(before.entry.wanted, wanted) && !isTouched(wanted, changed);
  }

  async #prepare(wanted: WantedFunction, turn: number): Promise<void> {
    const { name } = wanted;
    const begun = this.#templateFunctions.get(name);
    if (begun) delete begun.checked;
    const report = (step: string, fraction?: number) => this.#report(name, step, fraction);
    const outcome = await prepareFunction(wanted, this.#workplace, report).catch((error: unknown) =>
      messageOf(error),
    );
    const templateFunction = this.#templateFunctions.get(name);
    if (templateFunction?.turn !== turn || this.#closed) return;
    if (typeof outcome === 'string') {
      templateFunction.entry = { ...templateFunction.entry, state: 'failed', reason: outcome };
      templateFunction.first.reject(
        new FunctionUnavailableError('failed', name, `${name} cannot be run. ${outcome}`),
      );
      return;
    }
    templateFunction.entry = { name, state: 'ready', wanted };
    templateFunction.serves = true;
    this.#functions.putTemplate(this.#scope, name, outcome);
    const version = this.find(name);
    if (version) {
      templateFunction.checked = version.revision;
      templateFunction.first.resolve(version);
    }
  }

  #forget(name: string): void {
    this.#templateFunctions.get(name)?.first.reject(unknown(name));
    this.#templateFunctions.delete(name);
  }

  #changed(scope: Scope, name: string): void {
    // A client deleted the function: it stays deleted until the template is deployed again.
    const isDeleted = isSameScope(scope, this.#scope) && !this.has(scope, name);
    if (isDeleted && this.#templateFunctions.get(name)?.serves) this.#templateFunctions.delete(name);
    const key = `${scope.region} ${scope.accountId} ${name}`;
    const now = this.inService(scope, name)
      .map(({ version, revision }) => `${version} ${revision}`)
      .join();
    if (now === (this.#announced.get(key) ?? '')) return;
    this.#announced.set(key, now);
    for (const listener of this.#listeners) listener(scope, name);
  }
}

/** A rejection without a listener must not count as unhandled: the entry has the reason. */
function unheard(): Deferred<FunctionVersion> {
  const first = deferred<FunctionVersion>();
  first.promise.catch(() => undefined);
  return first;
}

function messageOf(error: unknown): string {
  const problem = systemProblem(error);
  if (problem !== undefined && !(error instanceof Error && error.name === 'BundleError')) return problem;
  return error instanceof Object && 'message' in error ? String(error.message) : String(error);
}

function unknown(functionName: string): FunctionUnavailableError {
  return new FunctionUnavailableError('unknown', functionName, `Function ${functionName} not found.`);
}
