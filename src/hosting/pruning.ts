import type { Registry } from '../functions/registry/registry';
import type { Wanted } from '../functions/store/prune';
import type { Alarm, Clock } from '../lib/clock';

export interface PruningOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Absolute paths of folders that this lambdock's sandboxes use. */
  readonly folders: () => ReadonlySet<string>;
  readonly fail: (error: Error) => void;
}

/**
 * How long unreferenced content is kept: longer than a deployment, which may build layers, and than a 15-minute
 * invocation of another lambdock on the same data folder.
 */
const graceMs = 3_600_000;

/** Deploys come in rows, and every save of a watched file is one: one look for what all of these have left. */
const quietMs = 10_000;

/** Removes unreferenced content of earlier runs and deployments from the store. */
export class Pruning {
  #alarm: Alarm | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #end: (() => void) | undefined;
  #closed = false;

  constructor(private readonly options: PruningOptions) {}

  /** Looks now, and from now on after deploys. */
  begin(): void {
    if (this.#closed) return;
    const { registry, clock } = this.options;
    this.#end = registry.onChange(() => this.#wake(clock.now() + quietMs));
    this.#look();
  }

  /** Resolves when no removal is running. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end?.();
    this.#alarm?.clear();
    await this.#running;
  }

  #wake(atMs: number): void {
    if (this.#closed || this.#ringsAtMs <= atMs) return;
    this.#alarm?.clear();
    this.#ringsAtMs = atMs;
    this.#alarm = this.options.clock.alarm(atMs, () => {
      this.#ringsAtMs = Number.POSITIVE_INFINITY;
      this.#look();
    });
  }

  #look(): void {
    const { clock, fail } = this.options;
    // Again in any case: some leftovers, of a failed deployment for example, come without an event.
    this.#running = this.#running
      .then(() => this.#prune())
      .catch((error: Error) => {
        fail(error);
        return undefined;
      })
      .then((sinceMs) => this.#wake((sinceMs ?? clock.now()) + graceMs + 1));
  }

  /** Resolves to since when the one has been unwanted that was left and is next. */
  async #prune(): Promise<number | undefined> {
    const { registry, clock, folders } = this.options;
    const wanted = (): Wanted => ({ references: registry.references(), folders: folders() });
    const left = await registry.store.prune(wanted, clock.now(), graceMs);
    return left.toSorted((one, other) => one - other)[0];
  }
}
