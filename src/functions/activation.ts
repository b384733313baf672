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
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #end: () => void;
  #closed = false;

  /** Takes up what an earlier run had to leave, too. */
  constructor(private readonly options: ActivationOptions) {
    const { registry } = options;
    this.#end = registry.onChange((place, name) => this.#look(place, name));
    for (const { place, record } of registry.everyServed()) this.#look(place, record.functionName);
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    await Promise.all(this.#underWay.values());
  }

  #look(place: Place, functionName: string): void {
    const served = this.options.registry.served(place, functionName);
    if (served === undefined) return;
    const { record, published } = served;
    const waiting = [...published.values()].filter(({ state }) => state === 'Pending');
    if (record.state === 'Pending' || record.update === 'InProgress') waiting.unshift(record);
    for (const each of waiting) {
      const key = `${each.version} ${each.revisionId}`;
      if (this.#underWay.has(key)) continue;
      const activating = this.#activate(place, each)
        .catch(this.options.fail)
        .finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, activating);
    }
  }

  async #activate(place: Place, record: VersionRecord): Promise<void> {
    const failure = await this.#prepare(place, record);
    // Left to the next run: the engine may have gone because all of this goes.
    if (!this.#closed) this.options.functions.settle(place, record, failure);
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
