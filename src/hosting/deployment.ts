import { formatFunctionArn } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import type { Fleet } from '../execution/fleet';
import type { FunctionVersion } from '../functions/function-version';
import { hostingProblem } from '../functions/hosting-problem';
import type { InvocationTarget } from '../functions/invocation-target';
import type { FunctionFailure } from '../functions/registry/functions';
import { isSameScope, type Scope } from '../functions/registry/state';
import type { WantedFunction } from '../functions/template/wanted';
import type { FunctionRow } from '../operator-api/contract';
import { deprecationNotice } from '../runtimes/deprecations';
import { type Catalogue, type CatalogueEntry, FunctionUnavailableError } from './catalogue';
import type { PendingFunctions } from './pending-functions';

/** `StateReasonCode` by the kind of the engine's error. */
const reasonCodes: Readonly<Record<string, string>> = {
  'runtime-unavailable': 'InvalidRuntime',
  'image-missing': 'InvalidImage',
};

/** Joins what is deployed with what runs: a changed version replaces its environments, a new one gets spares. */
export class Deployment {
  readonly #catalogue: Catalogue;
  readonly #fleet: Fleet;
  readonly #scope: Scope;
  readonly #say: (sentence: string) => void;
  /** Why a version's image cannot be had, by revision. Absent while it is not known yet. */
  readonly #images = new Map<string, 'ready' | { readonly reason: string }>();
  readonly #underWay = new Set<Promise<unknown>>();
  /** What was last said of each function, so that a change elsewhere does not repeat it. */
  readonly #said = new Map<string, string>();
  /** Deprecated runtimes that a warning was shown for. */
  readonly #noted = new Set<string>();

  constructor(
    catalogue: Catalogue,
    fleet: Fleet,
    scope: Scope,
    say: (sentence: string) => void,
    /** Absent where invocations of functions that are being created are refused. */
    private readonly pending?: PendingFunctions,
  ) {
    this.#scope = scope;
    this.#catalogue = catalogue;
    this.#fleet = fleet;
    this.#say = say;
    catalogue.onChange((at, name) => this.#changed(at, name));
  }

  /** Resolves when each function is ready or has failed. */
  async apply(wanted: readonly WantedFunction[], changed?: ReadonlySet<string>): Promise<void> {
    await this.#catalogue.apply(wanted, changed);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    const names = new Set(wanted.map(({ name }) => name));
    for (const { name, state, reason } of this.functions()) {
      if (!names.has(name)) continue;
      const news = `${state} ${this.#catalogue.find(name)?.revision ?? ''} ${reason ?? ''}`;
      if (this.#said.get(name) === news) continue;
      this.#said.set(name, news);
      this.#say(state === 'ready' ? `${name} is ready` : `${name} failed: ${reason ?? ''}`);
    }
  }

  /** The version to run; waits while its first one is prepared. */
  find(target: InvocationTarget): FunctionVersion | undefined | Promise<FunctionVersion | undefined> {
    const { functionName, qualifier = '$LATEST', scope } = target;
    return this.#catalogue.find(functionName, qualifier, scope) ?? this.#findUnready(target);
  }

  async #findUnready(target: InvocationTarget): Promise<FunctionVersion | undefined> {
    const { functionName, qualifier = '$LATEST', scope, hasScope } = target;
    const state = () => this.#catalogue.pendingState(scope, functionName, qualifier);
    const find = () => this.#catalogue.find(functionName, qualifier, scope);
    if (state() === 'Pending' && this.pending) {
      await this.pending.wait(scope, functionName, () => find() === undefined && state() === 'Pending');
      const version = find();
      if (version !== undefined) return version;
    }
    const now = state();
    if (now !== undefined) throw unavailable(now);
    if (!isSameScope(scope, this.#scope)) {
      // Callers elsewhere reach the template's functions by name, unless they have one of this name.
      if (hasScope || !this.#catalogue.isOfTemplate(functionName)) return undefined;
      if (this.#catalogue.has(scope, functionName)) return undefined;
      return this.find({ functionName, qualifier, scope: this.#scope, hasScope: true });
    }
    if (qualifier !== '$LATEST' || this.#catalogue.entry(functionName) === undefined) return undefined;
    try {
      return await this.#catalogue.ready(functionName);
    } catch (cause) {
      if (!(cause instanceof FunctionUnavailableError)) throw cause;
      if (cause.kind === 'unknown') return undefined;
      throw unavailable(`Failed. ${cause.message}`);
    }
  }

  functions(): FunctionRow[] {
    return this.#catalogue.list().map((entry) => this.#row(entry));
  }

  /** Makes the version's image and spares; resolves to why they cannot be had. */
  async prepare(version: FunctionVersion): Promise<FunctionFailure | undefined> {
    const problem = hostingProblem(version);
    // The service has such runtimes: the function is deployed like any other, and fails when it is invoked.
    if (problem !== undefined) {
      this.#warn(version, problem);
      return undefined;
    }
    if (version.package.kind === 'zip') this.#noteDeprecation(version.package.runtime);
    try {
      await this.#fleet.prepare(version);
      // Deleted meanwhile: its spares have no use.
      const [, , , region = '', accountId = ''] = version.functionArn.split(':');
      if (!this.#catalogue.has({ region, accountId }, version.functionName))
        this.#fleet.keep(version.functionArn, []);
      this.#images.set(version.revision, 'ready');
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      this.#images.set(version.revision, { reason: failure.message });
      return failure;
    }
  }

  #warn({ revision, functionArn }: FunctionVersion, problem: string): void {
    this.#images.set(revision, { reason: problem });
    if (this.#said.get(functionArn) === problem) return;
    this.#said.set(functionArn, problem);
    this.#say(problem);
  }

  #noteDeprecation(runtime: string): void {
    const notice = deprecationNotice(runtime);
    if (notice === undefined || this.#noted.has(runtime)) return;
    this.#noted.add(runtime);
    this.#say(`warning: ${notice}`);
  }

  /** The id of an image, which is pulled where the engine does not have it; or why it cannot be had. */
  async pullImage(reference: string, functionName: string): Promise<string | FunctionFailure> {
    return this.#fleet.pullImage(reference, functionName).catch(failureOf);
  }

  #changed(scope: Scope, functionName: string): void {
    const inService = this.#catalogue.inService(scope, functionName);
    this.#fleet.keep(formatFunctionArn({ ...scope, functionName }), inService);
    const latest = inService.find(({ version }) => version === '$LATEST');
    if (latest === undefined) return;
    const preparing = this.prepare(latest);
    this.#underWay.add(preparing);
    void preparing.then(() => this.#underWay.delete(preparing));
  }

  #row(entry: CatalogueEntry): FunctionRow {
    const { name, wanted, state, reason, version, activated, published, aliases } = entry;
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
          : image === 'ready' || (activated && image === undefined)
            ? 'ready'
            : imageReason === undefined
              ? 'preparing'
              : 'failed',
      ...(why !== undefined && { reason: why }),
      arn: formatFunctionArn({ ...this.#scope, functionName: name }),
      ...(published > 0 && { versions: published }),
      ...(aliases.length > 0 && { aliases }),
    };
  }
}

function failureOf(error: unknown): FunctionFailure {
  const message = error instanceof Error ? error.message : String(error);
  const kind = error instanceof Object && 'kind' in error ? String(error.kind) : '';
  return { message, code: reasonCodes[kind] ?? 'InternalError' };
}

function unavailable(state: string): LambdaError {
  return new LambdaError(
    'ResourceConflictException',
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  );
}
