import type { Architecture } from '../aws/architecture';
import type { ImageStart, Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import { atEndOfTurn } from '../lib/end-of-turn';
import type { ReportProgress } from '../lib/progress';
import { DebugPorts } from './debug/debug-ports';
import type { EnvironmentParts } from './environment-parts';
import type { EnvironmentSummary } from './environment-summary';
import type { Invocation } from './invocation';
import { Pool, type Provisioned } from './pool';
import { imageProblem } from './process/image-check';
import { skipsEmulator } from './process/process-environment';
import { SharedSpares, type SpareSettings } from './spares/shared-spares';
import type { Spare } from './spares/spare';
import { type Reuse, Spares } from './spares/spares';

export interface FleetOptions {
  readonly spares: SpareSettings;
  readonly reuse: Reuse;
  /** Whether the engine can add code to a sandbox after it is created. */
  readonly slots: boolean;
  /** Of the engine. */
  readonly architecture: Architecture;
  /** Whether an image must match its function's architecture even if the engine can emulate another. */
  readonly isStrict: boolean;
  /** Address on which debugger ports listen. */
  readonly debugHost: string;
  readonly say: (sentence: string) => void;
  readonly report: (functionName: string, report: Parameters<ReportProgress>[0], fraction?: number) => void;
}

/** All environments, by function version. */
export class Fleet {
  readonly #pools = new Map<string, Pool>();
  /** Pools of versions that are no longer deployed; their last invocations may finish. */
  readonly #leaving = new Set<Pool>();
  /** Qualified ARNs of versions that had environments of an earlier revision. */
  readonly #served = new Set<string>();
  readonly #images = new Map<string, Promise<ImageStart>>();
  readonly #shared: SharedSpares;
  readonly #debugPorts: DebugPorts;

  constructor(
    private readonly parts: EnvironmentParts,
    private readonly options: FleetOptions,
  ) {
    this.#shared = new SharedSpares(parts, options.spares);
    this.#debugPorts = new DebugPorts(
      options.debugHost,
      parts.clock,
      (functionArn) => this.#debuggee(functionArn),
      options.say,
    );
  }

  assign(invocation: Invocation): void {
    this.#pool(invocation.request.version).assign(invocation);
  }

  /**
   * Checks that a version's image is available; rejects if it is not. For `$LATEST` it also makes sandboxes ahead of
   * the first call. It does not for published versions: there may be many that are never called.
   */
  async prepare(version: FunctionVersion): Promise<void> {
    const image = await this.#imageOf(version);
    if (version.package.kind === 'image') this.#checkImage(version, version.package.image, image);
    if (version.version !== '$LATEST') return;
    await this.#debugPorts.serve(version);
    await this.#pool(version).spares.prepare();
  }

  /** The id of an image; pulls the image if the engine does not have it. @throws {EngineError} */
  async pullImage(reference: string, functionName: string): Promise<string> {
    const report: ReportProgress = (step, fraction) => this.options.report(functionName, step, fraction);
    return (await this.parts.engine.functionImage(reference, report)).image;
  }

  /** @throws {EngineError} if the engine cannot run the image's architecture */
  #checkImage(version: FunctionVersion, name: string, image: ImageStart): void {
    const { report, architecture, isStrict } = this.options;
    const warning = imageProblem(version, name, image, { architecture, isStrict });
    if (warning !== undefined) report(version.functionName, warning);
    if (!skipsEmulator(version, image)) return;
    report(
      version.functionName,
      `${name} starts AWS's runtime interface emulator, which is left out: lambdock is the Runtime API`,
    );
  }

  /** Keeps `wanted` environments of a version initialized ahead of need. */
  provision(version: FunctionVersion, wanted: number): void {
    if (wanted > 0 || this.#pools.has(poolKey(version))) this.#pool(version).provision(wanted);
  }

  /** Progress of `provision`. */
  provisioned(version: FunctionVersion): Provisioned {
    return this.#pools.get(poolKey(version))?.provisioned ?? { allocated: 0, available: 0, failed: false };
  }

  /** The pools of one function's versions, or of all functions. */
  pools(functionName?: string): readonly Pool[] {
    const pools = [...this.#pools.values()];
    return functionName === undefined
      ? pools
      : pools.filter(({ version }) => version.functionName === functionName);
  }

  /** The pool of a version; makes an empty one if needed. */
  poolOf(version: FunctionVersion): Pool {
    return this.#pool(version);
  }

  /** Ends the function's environments, so that its next call is cold. Returns how many. */
  retire(functionName: string): number {
    return this.pools(functionName).reduce((retired, pool) => retired + pool.retire('retired'), 0);
  }

  /** Ends the environments of all versions of a function except the given ones. */
  keep(functionArn: string, versions: readonly FunctionVersion[]): void {
    const kept = new Set(versions.map(poolKey));
    const latest = versions.find(({ version }) => version === '$LATEST');
    for (const [key, pool] of this.#pools) {
      if (pool.version.functionArn !== functionArn || kept.has(key)) continue;
      this.#pools.delete(key);
      if (pool.hasStarted) this.#served.add(qualified(pool.version));
      this.#keepCopies();
      this.#leaving.add(pool);
      const left = () => this.#leaving.delete(pool);
      pool.close(latest && this.#prepared(latest)).then(left, left);
    }
  }

  /** Absolute paths of code and layer folders that sandboxes use or may use. */
  folders(): ReadonlySet<string> {
    return foldersOf([...this.#pools.values(), ...this.#leaving]);
  }

  summaries(): EnvironmentSummary[] {
    const pools = [...this.#pools.values()];
    return [
      ...pools.flatMap((pool) => [...pool.environments].map((environment) => environment.summary())),
      ...pools.flatMap(({ spares, version }) =>
        spares.waiting.map((spare) => ({
          ...summaryOf(spare),
          functionName: version.functionName,
          version: version.version,
          memorySizeMiB: version.memoryMiB,
        })),
      ),
      ...this.#shared.ready.map(summaryOf),
    ];
  }

  /** Ends running invocations. Resolves when no sandbox is left. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#leaving];
    this.#pools.clear();
    this.#shared.closeAhead();
    this.#debugPorts.close();
    await Promise.allSettled(pools.map((pool) => pool.abandon('lambdock is shutting down')));
    await this.#shared.close();
  }

  async #debuggee(functionArn: string): Promise<Sandbox | undefined> {
    const pool = [...this.#pools.values()].find(
      ({ version }) => version.functionArn === functionArn && version.debug !== undefined,
    );
    return pool?.debuggee();
  }

  #pool(version: FunctionVersion): Pool {
    const key = poolKey(version);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const { slots, reuse } = this.options;
      const { clock, fail } = this.parts;
      const imageOf = (of: FunctionVersion) => this.#imageOf(of);
      const declared = this.parts.starts?.of(version.functionName)?.spares;
      const minimum = declared ?? this.options.spares.minimum.get(version.functionName) ?? 0;
      const own = version.version === '$LATEST' ? minimum : 0;
      const spares = new Spares(version, { shared: this.#shared, clock, slots, reuse, own, imageOf, fail });
      const cause = this.#served.has(qualified(version)) ? 'code-change' : 'first-call';
      pool = new Pool(version, spares, this.parts, cause);
      this.#pools.set(key, pool);
      this.#keepCopies();
    }
    return pool;
  }

  /** Resolves when the current preparation of this version has an image, or has found that none is available. */
  #prepared(version: FunctionVersion): Promise<void> {
    return new Promise((resolve) => {
      const atTurnsEnd = () => atEndOfTurn(resolve);
      this.#imageOf(version).then(atTurnsEnd, atTurnsEnd);
    });
  }

  #keepCopies(): void {
    if (this.options.slots) void this.parts.engine.keepCopies(foldersOf(this.#pools.values()));
  }

  /** Looks an image up once per version; after a failure the next call retries. */
  #imageOf(version: FunctionVersion): Promise<ImageStart> {
    const key =
      version.package.kind === 'zip'
        ? `runtime ${version.package.runtime}`
        : `image ${version.package.imageId ?? `${version.package.image} ${version.revision}`}`;
    const known = this.#images.get(key);
    if (known) return known;
    const report: ReportProgress = (stepText, fraction) =>
      this.options.report(version.functionName, stepText, fraction);
    const found =
      version.package.kind === 'zip'
        ? this.parts.engine.runtimeImage(version.package.runtime, report)
        : this.parts.engine.functionImage(version.package.imageId ?? version.package.image, report);
    this.#images.set(key, found);
    found.catch(() => this.#images.delete(key));
    return found;
  }
}

const qualified = ({ functionArn, version }: FunctionVersion) => `${functionArn}:${version}`;

/** Caches keys: versions are immutable, and every call needs the key. */
const poolKeys = new WeakMap<FunctionVersion, string>();

function poolKey(of: FunctionVersion): string {
  let key = poolKeys.get(of);
  if (key === undefined) {
    key = `${of.functionArn}:${of.version} ${of.revision}`;
    poolKeys.set(of, key);
  }
  return key;
}

function foldersOf(pools: Iterable<Pool>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { version } of pools) {
    if (version.package.kind !== 'zip') continue;
    const { codeFolder, layersFolder } = version.package;
    found.add(codeFolder);
    if (layersFolder !== undefined) found.add(layersFolder);
  }
  return found;
}

function summaryOf({ id, sandbox, kind, madeAtMs }: Spare): EnvironmentSummary {
  return { id, engineId: sandbox.engineId, kind: kind.name, state: 'spare', madeAtMs, invocations: 0 };
}
