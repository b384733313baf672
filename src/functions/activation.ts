import type { Architecture } from '../aws/runtimes';
import type { FunctionFailure, FunctionRegistry } from './function-registry';
import type { FunctionVersion } from './function-version';
import type { VersionRecord } from './records';
import type { Registry } from './registry';
import type { Place } from './state';

export interface ActivationOptions {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  /** What the engine runs. */
  readonly architecture: Architecture;
  /** Makes ready what the version's environments need; resolves to why that cannot be had. */
  readonly prepare: (version: FunctionVersion) => Promise<FunctionFailure | undefined>;
  /** Told of what should not happen. */
  readonly fail: (error: Error) => void;
}

/** Brings what was created or changed into service: `Pending` becomes `Active`, `InProgress` becomes `Successful`. */
export class Activation {
  readonly #underWay = new Set<string>();
  readonly #end: () => void;
  #closed = false;

  /** Takes up what an earlier run had to leave, too. */
  constructor(private readonly options: ActivationOptions) {
    const { registry } = options;
    this.#end = registry.onChange((place, name, elsewhere) => this.#look(place, name, elsewhere));
    for (const { place, record } of registry.everyServed()) this.#look(place, record.functionName, false);
  }

  /** What is under way is left to the next run. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #look(place: Place, functionName: string, elsewhere: boolean): void {
    const served = this.options.registry.served(place, functionName);
    if (served === undefined) return;
    const { record, published } = served;
    const waiting = [...published.values()].filter(({ state }) => state === 'Pending');
    if (record.state === 'Pending' || record.update === 'InProgress') waiting.unshift(record);
    for (const each of waiting) {
      const key = `${each.version} ${each.revisionId}`;
      if (this.#underWay.has(key)) continue;
      this.#underWay.add(key);
      this.#activate(place, each, elsewhere)
        .catch(this.options.fail)
        .finally(() => this.#underWay.delete(key));
    }
  }

  async #activate(place: Place, record: VersionRecord, elsewhere: boolean): Promise<void> {
    const failure = await this.#prepare(place, record);
    // Whoever deployed it may well have what is missing here; if not, it tells so itself.
    if (this.#closed || (failure && elsewhere)) return;
    this.options.functions.settle(place, record, failure);
  }

  async #prepare(place: Place, record: VersionRecord): Promise<FunctionFailure | undefined> {
    const { registry, architecture, prepare } = this.options;
    const { settings, code, functionName, version } = record;
    if (settings.architecture !== architecture) {
      const message = `The function asks for ${settings.architecture}, but the engine runs ${architecture}.`;
      return { message, code: 'InternalError' };
    }
    if (code.kind === 'zip') await registry.store.restore('code', code.hash);
    return prepare(registry.runnable(place, functionName, version, record));
  }
}
