import { randomUUID } from 'node:crypto';
import { formatFunctionArn } from '../../aws/arn';
import { LambdaError } from '../../aws/errors';
import type { Database } from '../../lib/database';
import type { FunctionVersion } from '../function-version';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type {
  AliasRecord,
  Deployable,
  FunctionRecord,
  LayerRecord,
  ProvisionedConcurrency,
  ReservedConcurrency,
  VersionRecord,
} from './records';
import { registeredVersion } from './registered-version';
import { type ChangedFunction, Changes, Documents, isSameScope, type Scope } from './state';

/** A function in memory, so that invocations read nothing from disk. */
export interface Served {
  readonly scope: Scope;
  readonly record: FunctionRecord;
  /** By number or `$LATEST`; only versions that can run. */
  readonly versions: ReadonlyMap<string, FunctionVersion>;
  /** Published versions, whatever their state. */
  readonly published: ReadonlyMap<string, VersionRecord>;
  readonly aliases: ReadonlyMap<string, AliasRecord>;
}

/** Called with the function that has changed, and whether another lambdock on the same data folder changed it. */
export type RegistryListener = (scope: Scope, functionName: string, elsewhere: boolean) => void;

const indexKey = ({ region, accountId }: Scope, functionName: string) =>
  `${region}/${accountId}/${functionName}`;

/** Pads the number, so that keys sort in numeric order. */
export const versionKey = (functionName: string, version: string): string =>
  `${functionName}:${version.padStart(10, '0')}`;
export const aliasKey = (functionName: string, alias: string): string => `${functionName}:${alias}`;

/**
 * All deployments: records in the database, content in the store, and an in-memory index of both. Other lambdocks may
 * deploy in the same data folder; `follow` reads their changes.
 */
export class Registry {
  readonly functions: Documents<FunctionRecord>;
  readonly versions: Documents<VersionRecord>;
  readonly aliases: Documents<AliasRecord>;
  readonly layers: Documents<LayerRecord>;
  /** The highest version number of each layer, which outlives the version. */
  readonly layerCounts: Documents<{ readonly last: number }>;
  readonly reserved: Documents<ReservedConcurrency>;
  readonly provisioned: Documents<ProvisionedConcurrency>;
  readonly #changes: Changes;
  /** The number of the last change that the index has. */
  #seen = 0;
  #isBehind = false;
  readonly #index = new Map<string, Served>();
  /** The same by name only, so that the lookup of a call need not compose a key. */
  readonly #named = new Map<string, readonly Served[]>();
  /** Cached lists since the last change, by account and region, since clients read one list page by page. */
  readonly #lists = new Map<string, readonly VersionRecord[]>();
  readonly #listeners = new Set<RegistryListener>();

  constructor(
    readonly database: Database,
    readonly store: Store,
    readonly nowMs: () => number,
  ) {
    this.functions = new Documents(database, 'function');
    this.versions = new Documents(database, 'version');
    this.aliases = new Documents(database, 'alias');
    this.layers = new Documents(database, 'layer');
    this.layerCounts = new Documents(database, 'layer-count');
    this.reserved = new Documents(database, 'reserved-concurrency');
    this.provisioned = new Documents(database, 'provisioned-concurrency');
    this.#changes = new Changes(database);
    database.snapshot(() => {
      this.#seen = this.#changes.last();
      for (const { scope, document } of this.functions.everywhere())
        this.#refresh(scope, document.functionName);
    });
  }

  /** Writes all or nothing, then notifies the listeners. */
  write<T>(scope: Scope, functionName: string, work: () => T): T {
    const result = this.database.transaction(work);
    this.#catchUp({ scope, functionName });
    return result;
  }

  /**
   * Reads changes of other lambdocks in the same data folder and notifies the listeners. Called before every request:
   * without changes it takes a few microseconds. `thoroughly` is for periodic calls.
   */
  follow(thoroughly = false): void {
    // The database reports a change only once, so the flag is kept until the change has been read.
    if (this.database.changedElsewhere(thoroughly)) this.#isBehind = true;
    if (!this.#isBehind) return;
    this.#catchUp();
    this.#isBehind = false;
  }

  /** Calls the listener after every change of a function. @returns a function that unsubscribes */
  onChange(listener: RegistryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  served(scope: Scope, functionName: string): Served | undefined {
    return this.#named.get(functionName)?.find((each) => isSameScope(each.scope, scope));
  }

  /** Sorted by account, region and name. */
  everyServed(): readonly Served[] {
    return [...this.#index.values()];
  }

  /** Functions of an account and region by name; with `versions`, each is followed by its versions. */
  list(scope: Scope, versions = false): readonly VersionRecord[] {
    const key = `${indexKey(scope, '')}${versions}`;
    const known = this.#lists.get(key) ?? this.#list(scope, versions);
    this.#lists.set(key, known);
    return known;
  }

  #list(scope: Scope, versions: boolean): readonly VersionRecord[] {
    const listed: [string, VersionRecord][] = [];
    for (const { scope: at, record, published } of this.#index.values()) {
      if (!isSameScope(at, scope)) continue;
      listed.push([record.functionName, record]);
      if (!versions) continue;
      for (const each of published.values()) listed.push([versionKey(each.functionName, each.version), each]);
    }
    return listed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, record]) => record);
  }

  /** @throws {LambdaError} `ResourceNotFoundException`, with the requested name */
  function(scope: Scope, functionName: string, qualifier?: string): FunctionRecord {
    const record = this.functions.get(scope, functionName);
    if (record === undefined) throw functionNotFound(scope, functionName, qualifier);
    return record;
  }

  /** `$LATEST`, a published version, or the version that an alias points to. @throws {LambdaError} */
  version(scope: Scope, functionName: string, qualifier?: string): VersionRecord {
    const latest = this.function(scope, functionName, qualifier);
    if (qualifier === undefined || qualifier === '$LATEST') return latest;
    const alias = this.aliases.get(scope, aliasKey(functionName, qualifier));
    const version = alias?.version ?? qualifier;
    if (version === '$LATEST') return latest;
    const record = this.versions.get(scope, versionKey(functionName, version));
    if (record === undefined) throw functionNotFound(scope, functionName, qualifier);
    return record;
  }

  /** References to all deployed content of the store, of all accounts and regions. */
  references(): ReadonlySet<string> {
    const found = new Set<string>();
    const add = ({ settings: { layers, opt }, code }: Deployable) => {
      if (code.kind === 'zip') found.add(reference('code', code.hash));
      if (opt) found.add(reference(opt.section, opt.hash));
      for (const { hash } of layers) found.add(reference('layers', hash));
    };
    this.database.snapshot(() => {
      for (const { document } of this.functions.everywhere()) {
        add(document);
        if (document.serving) add(document.serving);
      }
      for (const { document } of this.versions.everywhere()) add(document);
      for (const { document } of this.layers.everywhere()) found.add(reference('layers', document.hash));
    });
    return found;
  }

  /** The `FunctionVersion` from which environments are made. */
  runnable(scope: Scope, functionName: string, version: string, deployable: Deployable): FunctionVersion {
    return registeredVersion(scope, functionName, version, deployable, this.store);
  }

  #catchUp(own?: ChangedFunction): void {
    const isOwn = ({ scope, functionName }: ChangedFunction) =>
      own !== undefined && isSameScope(scope, own.scope) && functionName === own.functionName;
    const others = this.database.snapshot(() => {
      const changed = this.#changes.after(this.#seen);
      for (const { scope, functionName } of changed) this.#refresh(scope, functionName);
      this.#seen = this.#changes.last();
      return changed.filter((each) => !isOwn(each));
    });
    if (own) this.#tell(own, false);
    for (const other of others) this.#tell(other, true);
  }

  /** Calls all listeners, even if one fails; then throws the first failure. */
  #tell({ scope, functionName }: ChangedFunction, isElsewhere: boolean): void {
    const failures: unknown[] = [];
    for (const tell of this.#listeners) {
      try {
        tell(scope, functionName, isElsewhere);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #refresh(scope: Scope, functionName: string): void {
    this.#lists.clear();
    const key = indexKey(scope, functionName);
    const before = this.#index.get(key);
    const record = this.functions.get(scope, functionName);
    if (record === undefined) {
      this.#index.delete(key);
      this.#name(scope, functionName);
      return;
    }
    const published = new Map(
      this.versions
        .list(scope, { prefix: `${functionName}:` })
        .map(({ document }) => [document.version, document]),
    );
    const versions = new Map<string, FunctionVersion>();
    const add = (version: string, deployable: Deployable) => {
      const made = this.runnable(scope, functionName, version, deployable);
      const known = before?.versions.get(version);
      const same = known?.revision === made.revision && known.description === made.description;
      versions.set(version, same && known ? known : made);
    };
    if (record.state === 'Active' || record.serving || record.ready) {
      add('$LATEST', record.ready ? record : (record.serving ?? record));
    }
    for (const each of published.values()) {
      if (each.state === 'Active' || each.ready) add(each.version, each);
    }
    const aliases = this.aliases.list(scope, { prefix: `${functionName}:` }).map(({ document }) => document);
    const served = {
      scope,
      record,
      versions,
      published,
      aliases: new Map(aliases.map((each) => [each.name, each])),
    };
    this.#index.set(key, served);
    this.#name(scope, functionName, served);
  }

  #name(scope: Scope, functionName: string, served?: Served): void {
    const elsewhere = (this.#named.get(functionName) ?? []).filter((each) => !isSameScope(each.scope, scope));
    const all = served === undefined ? elsewhere : [...elsewhere, served];
    if (all.length === 0) this.#named.delete(functionName);
    else this.#named.set(functionName, all);
  }
}

export const newRevisionId = (): string => randomUUID();

export function functionNotFound(scope: Scope, functionName: string, qualifier?: string): LambdaError {
  const arn = formatFunctionArn({ ...scope, functionName, ...(qualifier !== undefined && { qualifier }) });
  return new LambdaError('ResourceNotFoundException', `Function not found: ${arn}`);
}

/** @throws {LambdaError} if the caller's revision is not the current one */
export function checkRevision(
  asked: string | undefined,
  record: { readonly revisionId: string },
  reader = 'GetFunction/GetAlias',
): void {
  if (asked === undefined || asked === record.revisionId) return;
  throw new LambdaError(
    'PreconditionFailedException',
    `The Revision Id provided does not match the latest Revision Id. Call the ${reader} API to retrieve the latest Revision Id`,
  );
}
