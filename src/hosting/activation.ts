import type { ArchitectureCheck } from '../functions/build/architecture-check';
import { imageCode } from '../functions/build/uploaded-code';
import type { FunctionVersion } from '../functions/function-version';
import type { FunctionFailure, FunctionRegistry } from '../functions/registry/functions';
import type { VersionRecord } from '../functions/registry/records';
import type { Registry } from '../functions/registry/registry';
import type { Scope } from '../functions/registry/state';
import type { VisibleProgress } from './visible-progress';

export interface ActivationOptions {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly checkArchitecture: ArchitectureCheck;
  /** The id of an image; pulls the image if needed. Resolves to the reason if that fails. */
  readonly pullImage: (reference: string, functionName: string) => Promise<string | FunctionFailure>;
  /** Prepares the version's image and sandboxes; resolves to the reason if that fails. */
  readonly prepare: (version: FunctionVersion) => Promise<FunctionFailure | undefined>;
  /** Keeps what is in progress visible to clients. */
  readonly progress: Pick<VisibleProgress, 'shown'>;
  /** Called with errors that should not happen. */
  readonly fail: (error: Error) => void;
}

/** Key of reads of a function's state. */
export const progressKey = ({ region, accountId }: Scope, functionName: string) =>
  `function ${region} ${accountId} ${functionName}`;

/** Brings what was created or changed into service: `Pending` becomes `Active`, `InProgress` becomes `Successful`. */
export class Activation {
  readonly #underWay = new Set<string>();
  readonly #end: () => void;
  #closed = false;

  /** Also resumes activations that an earlier run did not finish. */
  constructor(private readonly options: ActivationOptions) {
    const { registry } = options;
    this.#end = registry.onChange((scope, name, elsewhere) => this.#look(scope, name, elsewhere));
    for (const { scope, record } of registry.everyServed()) this.#look(scope, record.functionName, false);
  }

  /** Leaves running activations to the next run. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #look(scope: Scope, functionName: string, elsewhere: boolean): void {
    const served = this.options.registry.served(scope, functionName);
    if (served === undefined) return;
    const { record, published } = served;
    const waiting = [...published.values()].filter(({ state }) => state === 'Pending');
    if (record.state === 'Pending' || record.update === 'InProgress') waiting.unshift(record);
    for (const each of waiting) {
      const key = `${each.version} ${each.revisionId}`;
      if (this.#underWay.has(key)) continue;
      this.#underWay.add(key);
      this.#activate(scope, each, elsewhere)
        .catch(this.options.fail)
        .finally(() => this.#underWay.delete(key));
    }
  }

  async #activate(scope: Scope, record: VersionRecord, elsewhere: boolean): Promise<void> {
    const { code, functionName } = record;
    const image =
      code.kind === 'image' && code.imageId === undefined
        ? await this.options.pullImage(code.image, functionName)
        : undefined;
    const found =
      code.kind === 'image' && typeof image === 'string'
        ? { ...record, code: imageCode(code.image, image) }
        : record;
    const failure = typeof image === 'object' ? image : await this.#prepare(scope, found);
    // The lambdock that deployed it may have the missing image; if not, it reports the failure.
    if (this.#closed || (failure && elsewhere)) return;
    const { functions, progress } = this.options;
    if (failure === undefined) functions.serve(scope, found);
    await progress.shown(progressKey(scope, record.functionName), record.lastModifiedMs);
    if (!this.#closed) functions.settle(scope, found, failure);
  }

  async #prepare(scope: Scope, record: VersionRecord): Promise<FunctionFailure | undefined> {
    const { registry, checkArchitecture, prepare } = this.options;
    const { settings, code, functionName, version } = record;
    const refusal = checkArchitecture(functionName, settings.architecture);
    if (refusal !== undefined) return { message: refusal, code: 'InternalError' };
    if (code.kind === 'zip') await registry.store.restore('code', code.hash);
    return prepare(registry.runnable(scope, functionName, version, record));
  }
}
