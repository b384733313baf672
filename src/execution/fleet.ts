import { randomBytes } from 'node:crypto';
import type { ImageStart } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import type { ReportProgress } from '../lib/progress';
import type { EnvironmentParts } from './environment-parts';
import type { EnvironmentSummary } from './environment-summary';
import type { Invocation } from './invocation';
import { Pool, type Provisioned } from './pool';
import { type SpareParts, Spares } from './spares';

export interface FleetOptions {
  /** Sandboxes kept ahead per function version. */
  readonly spares: number;
  readonly report: (functionName: string, report: Parameters<ReportProgress>[0], fraction?: number) => void;
}

/** All environments, by function version. */
export class Fleet {
  readonly #pools = new Map<string, Pool>();
  /** Of versions that are not deployed any more; their last invocations end. */
  readonly #leaving = new Set<Pool>();
  readonly #images = new Map<string, Promise<ImageStart>>();

  constructor(
    private readonly parts: EnvironmentParts,
    private readonly options: FleetOptions,
  ) {}

  assign(invocation: Invocation): void {
    this.#pool(invocation.request.version).assign(invocation);
  }

  /**
   * Makes sure of a version's image; rejects where it cannot be had. `$LATEST` gets spares, so that its first call
   * starts from one; of published versions there may be many that nobody calls any more.
   */
  async prepare(version: FunctionVersion): Promise<void> {
    await this.#imageOf(version);
    if (version.version === '$LATEST') this.#pool(version).spares.replenish();
  }

  /** Keeps so many environments of a version initialised ahead of need. */
  provision(version: FunctionVersion, wanted: number): void {
    if (wanted > 0 || this.#pools.has(poolKey(version))) this.#pool(version).provision(wanted);
  }

  /** How far that is. */
  provisioned(version: FunctionVersion): Provisioned {
    return this.#pools.get(poolKey(version))?.provisioned ?? { allocated: 0, available: 0, failed: false };
  }

  /** The next call of the function is cold. */
  retire(functionName: string): number {
    let retired = 0;
    for (const pool of this.#pools.values()) {
      if (pool.version.functionName === functionName) retired += pool.retire();
    }
    return retired;
  }

  /** Ends the environments of every version of a function but the given ones. */
  keep(functionArn: string, versions: readonly FunctionVersion[]): void {
    const kept = new Set(versions.map(poolKey));
    for (const [key, pool] of this.#pools) {
      if (pool.version.functionArn !== functionArn || kept.has(key)) continue;
      this.#pools.delete(key);
      this.#leaving.add(pool);
      const left = () => this.#leaving.delete(pool);
      pool.close().then(left, left);
    }
  }

  /** Folders of code and layers that sandboxes have, or may get, as absolute paths. */
  folders(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { version } of [...this.#pools.values(), ...this.#leaving]) {
      if (version.package.kind !== 'zip') continue;
      const { codeFolder, layersFolder } = version.package;
      found.add(codeFolder);
      if (layersFolder !== undefined) found.add(layersFolder);
    }
    return found;
  }

  summaries(): EnvironmentSummary[] {
    return [...this.#pools.values()].flatMap((pool) => [
      ...[...pool.environments].map((environment) => environment.summary()),
      ...pool.spares.waiting.map(
        (spare): EnvironmentSummary => ({
          id: spare.id,
          engineId: spare.sandbox.engineId,
          functionName: pool.version.functionName,
          version: pool.version.version,
          state: 'spare',
          madeAtMs: spare.madeAtMs,
          invocations: 0,
          memorySizeMiB: pool.version.memoryMiB,
        }),
      ),
    ]);
  }

  /** Resolves when no sandbox is left. What is still under way is ended. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#leaving];
    this.#pools.clear();
    await Promise.allSettled(pools.map((pool) => pool.abandon('lambdock is ending')));
  }

  #pool(version: FunctionVersion): Pool {
    const key = poolKey(version);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const spares = new Spares(version, this.options.spares, this.#spareParts());
      pool = new Pool(version, spares, this.parts);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #spareParts(): SpareParts {
    return {
      engine: this.parts.engine,
      clock: this.parts.clock,
      newId,
      imageOf: (version) => this.#imageOf(version),
      fail: this.parts.fail,
    };
  }

  /** One look-up per version; a failed one is tried again by the next call. */
  #imageOf(version: FunctionVersion): Promise<ImageStart> {
    const key =
      version.package.kind === 'zip'
        ? `runtime ${version.package.runtime}`
        : `image ${version.package.image} ${version.revision}`;
    const known = this.#images.get(key);
    if (known) return known;
    const report: ReportProgress = (stepText, fraction) =>
      this.options.report(version.functionName, stepText, fraction);
    const found =
      version.package.kind === 'zip'
        ? this.parts.engine.runtimeImage(version.package.runtime, report)
        : this.parts.engine.functionImage(version.package.image, report);
    this.#images.set(key, found);
    found.catch(() => this.#images.delete(key));
    return found;
  }
}

/** Versions are immutable and asked for by every call, so that each key is composed once. */
const poolKeys = new WeakMap<FunctionVersion, string>();

function poolKey(of: FunctionVersion): string {
  let key = poolKeys.get(of);
  if (key === undefined) {
    key = `${of.functionArn}:${of.version} ${of.revision}`;
    poolKeys.set(of, key);
  }
  return key;
}

/** Readable in `docker ps`, unique for ever, and of the letters that engines allow in names. */
function newId(version: FunctionVersion): string {
  const readable = version.functionName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${readable}-${randomBytes(6).toString('hex')}`;
}
