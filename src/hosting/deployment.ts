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
import type { Notices } from '../telemetry/notices';
import { type Catalogue, type CatalogueEntry, FunctionUnavailableError } from './catalogue';
import type { PendingFunctions } from './pending-functions';
import { initializeSnapshots } from './snapshots';
import { describeChange, type SourceChange } from './source-change';

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
  readonly #notices: Notices;
  readonly #nowMs: () => number;
  /** Why a version's image is not available, by revision. Absent while unknown. */
  readonly #images = new Map<string, 'ready' | { readonly reason: string }>();
  readonly #underWay = new Set<Promise<unknown>>();
  /** The last notice for each function, so that changes of other lambdocks do not repeat it. */
  readonly #said = new Map<string, string>();
  /** Functions that were ready at some time, so that a version of them answers. */
  readonly #answering = new Set<string>();
  /** Deprecated runtimes that a warning was shown for. */
  readonly #noted = new Set<string>();
  /** The template's functions. */
  #wanted: ReadonlySet<string> = new Set();
  /** Functions whose code is known to have changed, and what new invocations of them wait for. */
  readonly #held = new Map<string, Promise<void>>();

  constructor(
    catalogue: Catalogue,
    fleet: Fleet,
    scope: Scope,
    notices: Notices,
    nowMs: () => number,
    /** Absent where invocations of functions that are being created are refused. */
    private readonly pending?: PendingFunctions,
  ) {
    this.#scope = scope;
    this.#catalogue = catalogue;
    this.#fleet = fleet;
    this.#notices = notices;
    this.#nowMs = nowMs;
    catalogue.onChange((at, name) => this.#changed(at, name));
    initializeSnapshots(catalogue, fleet);
  }

  /** Resolves when each function is ready or has failed. */
  async apply(
    wanted: readonly WantedFunction[],
    changed?: ReadonlySet<string>,
    change?: SourceChange,
  ): Promise<void> {
    this.#wanted = new Set(wanted.map(({ name }) => name));
    await this.#catalogue.apply(wanted, changed);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    const rows = new Map(this.functions().map((row) => [row.name, row]));
    for (const each of wanted) {
      const row = rows.get(each.name);
      if (row !== undefined) this.#report(row, each, change);
    }
    for (const name of this.#said.keys()) {
      if (this.#wanted.has(name)) continue;
      this.#said.delete(name);
      this.#answering.delete(name);
      this.#notices.resolve(`function ${name}`);
    }
  }

  #report({ name, state, reason }: FunctionRow, wanted: WantedFunction, change?: SourceChange): void {
    const version = this.#catalogue.find(name);
    const news = `${state} ${version?.revision ?? ''} ${reason ?? ''}`;
    if (this.#said.get(name) === news) return;
    const isNew = !this.#said.has(name);
    this.#said.set(name, news);
    if (state !== 'ready') {
      const serves = this.#answering.has(name) ? ' The previous version stays in service.' : '';
      this.#notices.raise(
        `function ${name}`,
        `${name} failed: ${reason ?? 'for an unknown reason.'}${serves}`,
        name,
      );
      return;
    }
    this.#answering.add(name);
    this.#notices.resolve(`function ${name}`);
    if (change === undefined || isNew) this.#notices.say(`${name} is ready`, name);
    else {
      const seconds = ((this.#nowMs() - change.sinceMs) / 1_000).toFixed(1);
      this.#notices.say(`${name}: ${describeChange(change, wanted)} → ready in ${seconds} s`, name);
    }
  }

  /** Lets new invocations of these functions wait for `until`, so that no old code answers after a change. */
  hold(functionNames: readonly string[], until: Promise<void>): void {
    for (const name of functionNames) this.#held.set(name, until);
    void until.then(() => {
      for (const name of functionNames) if (this.#held.get(name) === until) this.#held.delete(name);
    });
  }

  /** The version to run; waits while its first one is prepared. */
  find(target: InvocationTarget): FunctionVersion | undefined | Promise<FunctionVersion | undefined> {
    const held = this.#held.size === 0 ? undefined : this.#held.get(target.functionName);
    return held === undefined ? this.#find(target) : held.then(() => this.#find(target));
  }

  #find(target: InvocationTarget): FunctionVersion | undefined | Promise<FunctionVersion | undefined> {
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

  /** Makes the version's image and spares; resolves to the reason if that fails. */
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
    this.#notices.say(problem);
  }

  #noteDeprecation(runtime: string): void {
    const notice = deprecationNotice(runtime);
    if (notice === undefined || this.#noted.has(runtime)) return;
    this.#noted.add(runtime);
    this.#notices.say(`warning: ${notice}`);
  }

  /** The id of an image; pulls the image if needed. Resolves to the reason if that fails. */
  async pullImage(reference: string, functionName: string): Promise<string | FunctionFailure> {
    return this.#fleet.pullImage(reference, functionName).catch(failureOf);
  }

  #changed(scope: Scope, functionName: string): void {
    const inService = this.#catalogue.inService(scope, functionName);
    this.#fleet.keep(formatFunctionArn({ ...scope, functionName }), inService);
    const latest = inService.find(({ version }) => version === '$LATEST');
    if (latest === undefined) {
      this.#noteDeletion(scope, functionName);
      return;
    }
    const preparing = this.prepare(latest);
    this.#underWay.add(preparing);
    void preparing.then(() => this.#underWay.delete(preparing));
  }

  /** A template's function may be deleted over the API like any other. */
  #noteDeletion(scope: Scope, name: string): void {
    const isOwn = isSameScope(scope, this.#scope) && this.#wanted.has(name);
    if (!isOwn || this.#catalogue.entry(name) !== undefined || !this.#said.delete(name)) return;
    this.#notices.raise(
      `function ${name}`,
      `${name} was deleted over the API. The next change of the template, or "npm run up", deploys it again.`,
      name,
    );
  }

  #row(entry: CatalogueEntry): FunctionRow {
    const { name, wanted, state, reason, version, activated, published, aliases, isFromTemplate } = entry;
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
      ...(isFromTemplate && { isFromTemplate }),
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
