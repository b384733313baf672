import { AliasRegistry } from '../../../src/functions/registry/aliases';
import { ConcurrencyRegistry } from '../../../src/functions/registry/concurrency';
import { FunctionRegistry } from '../../../src/functions/registry/functions';
import { Registry } from '../../../src/functions/registry/registry';
import { openState } from '../../../src/functions/registry/state';
import { Store } from '../../../src/functions/store/store';
import { aDeployable } from '../../support/functions/deployables';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

export const scope = { region: 'us-east-1', accountId: '000000000000' };

/** What one lambdock has of a data folder. */
export class RegistrySide {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly aliases: AliasRegistry;
  readonly concurrency: ConcurrencyRegistry;
  /** Names of changed functions, in order; those that another lambdock changed end in `elsewhere`. */
  readonly changes: string[] = [];

  constructor(dataFolder: string, store: Store) {
    this.registry = new Registry(openState(dataFolder), store, () => 0);
    this.functions = new FunctionRegistry(this.registry);
    this.aliases = new AliasRegistry(this.registry);
    this.concurrency = new ConcurrencyRegistry(this.registry);
    this.registry.onChange((_, name, elsewhere) => this.changes.push(elsewhere ? `${name} elsewhere` : name));
  }

  /** Deployed and in service. */
  deploy(functionName: string, memorySize = 128, at = scope): void {
    const settings = { ...aDeployable().settings, memorySize };
    const deployable = { ...aDeployable(), settings };
    const known = this.registry.functions.get(at, functionName);
    const made = known
      ? this.functions.change(at, functionName, deployable)
      : this.functions.create(at, { functionName, publish: false, ...deployable });
    this.functions.settle(at, made);
  }

  /** Publishes versions `1` to `count`, each of other settings than the one before. */
  deployVersions(functionName: string, count: number): void {
    for (let version = 1; version <= count; version += 1) {
      this.deploy(functionName, 128 + version);
      this.publish(functionName);
    }
  }

  publish(functionName: string): void {
    this.functions.settle(scope, this.functions.publish(scope, functionName, {}));
  }

  memoryOf(functionName: string, at = scope): number | undefined {
    return this.registry.served(at, functionName)?.versions.get('$LATEST')?.memoryMiB;
  }
}

/** Two lambdocks on one data folder, anew for each test of a file. */
export class DataFolder {
  #folder: TemporaryFolder | undefined;
  #sides: RegistrySide[] = [];

  static ofEachTest(): DataFolder {
    const folder = new DataFolder();
    beforeEach(() => folder.#begin());
    afterEach(() => folder.#end());
    return folder;
  }

  get one(): RegistrySide {
    return this.#side(0);
  }

  get other(): RegistrySide {
    return this.#side(1);
  }

  /** One more lambdock, as if it were started now. */
  open(): RegistrySide {
    if (this.#folder === undefined) throw new Error('No test of this file is running.');
    const side = new RegistrySide(this.#folder.path, this.one.registry.store);
    this.#sides.push(side);
    return side;
  }

  #side(index: number): RegistrySide {
    const side = this.#sides[index];
    if (side === undefined) throw new Error('No test of this file is running.');
    return side;
  }

  async #begin(): Promise<void> {
    const folder = await TemporaryFolder.make();
    const store = await Store.open(folder.path);
    this.#folder = folder;
    this.#sides = [0, 1].map(() => new RegistrySide(folder.path, store));
  }

  async #end(): Promise<void> {
    for (const { registry } of this.#sides) registry.database.close();
    this.#sides = [];
    await this.#folder?.[Symbol.asyncDispose]();
    this.#folder = undefined;
  }
}
