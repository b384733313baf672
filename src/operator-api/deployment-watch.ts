import { isDeepStrictEqual } from 'node:util';
import type { Alarm, Clock } from '../lib/clock';
import { Ring } from '../lib/ring';
import type { DeploymentRow, FunctionRow } from './contract';

/** Interval of checks for changes, also while a deployment is being prepared. */
const lookMs = 250;

const remembered = 500;

export interface DeploymentWatchParts {
  readonly functions: () => readonly FunctionRow[];
  readonly clock: Clock;
}

type Listener = (row: DeploymentRow) => void;

/** Derives a history of deployments from changes of the function list. */
export class DeploymentWatch {
  readonly #rows = new Map<string, FunctionRow>();
  /** Functions that were deployed again since the last check. */
  readonly #touched = new Set<string>();
  readonly #history = new Ring<DeploymentRow>(remembered);
  readonly #listeners = new Set<Listener>();
  #alarm: Alarm | undefined;
  #closed = false;

  constructor(private readonly parts: DeploymentWatchParts) {}

  /** Oldest first. */
  get history(): readonly DeploymentRow[] {
    return [...this.#history];
  }

  /** Marks a function as deployed. */
  touch(functionName: string): void {
    this.#touched.add(functionName);
    this.#lookSoon();
  }

  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#alarm?.clear();
  }

  /** Compares the functions with the last check and records differences. */
  look(): void {
    const rows = this.parts.functions();
    for (const row of rows) this.#compare(row);
    const names = new Set(rows.map(({ name }) => name));
    for (const name of [...this.#rows.keys()]) if (!names.has(name)) this.#removed(name);
    this.#touched.clear();
    if (rows.some(({ state }) => state === 'preparing')) this.#lookSoon();
  }

  #compare(row: FunctionRow): void {
    const before = this.#rows.get(row.name);
    if (before !== undefined && !this.#touched.has(row.name) && isDeepStrictEqual(before, row)) return;
    this.#rows.set(row.name, row);
    const { name, state, reason } = row;
    this.#note({
      functionName: name,
      at: this.parts.clock.now(),
      state,
      changed: before === undefined ? [] : differences(before, row),
      ...(reason !== undefined && { reason }),
    });
  }

  #removed(functionName: string): void {
    this.#rows.delete(functionName);
    this.#note({ functionName, at: this.parts.clock.now(), state: 'removed', changed: [] });
  }

  #note(row: DeploymentRow): void {
    this.#history.push(row);
    for (const listener of this.#listeners) listener(row);
  }

  #lookSoon(): void {
    if (this.#closed) return;
    const { clock } = this.parts;
    this.#alarm ??= clock.alarm(clock.now() + lookMs, () => {
      this.#alarm = undefined;
      this.look();
    });
  }
}

/** Changed settings. The state and its reason are not settings. */
function differences(before: FunctionRow, after: FunctionRow): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof FunctionRow>;
  return [...names].filter(
    (name) => name !== 'state' && name !== 'reason' && !isDeepStrictEqual(before[name], after[name]),
  );
}
