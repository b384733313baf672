import type { EnvironmentTrace, InvocationTrace } from '../../operator-api/contract';
import type { Emulator } from '../client/emulator';

/** Reads are to overlap, since rows change until their environment is free. In milliseconds. */
const overlapMs = 5_000;

/** Collects what lambdock remembers during a run, before it forgets it. */
export class Observed {
  readonly invocations = new Map<string, InvocationTrace>();
  readonly #environments = new Map<string, EnvironmentTrace>();
  #beganAt: number | undefined;
  #readAt = 0;

  constructor(private readonly emulator: Emulator) {}

  async read(): Promise<void> {
    const since = Math.max(0, this.#readAt - overlapMs);
    const { now, environments, invocations } = await this.emulator.timeline({ since: String(since) });
    this.#beganAt ??= now;
    this.#readAt = now;
    for (const each of environments) this.#environments.set(each.id, each);
    for (const each of invocations) this.invocations.set(each.requestId, each);
  }

  /** The most environments at a time since the first read, by function. */
  environmentsMost(): Readonly<Record<string, number>> {
    const changes = new Map<string, { readonly at: number; readonly by: number }[]>();
    for (const { functionName, states } of this.#environments.values()) {
      const [first] = states;
      const last = states.at(-1);
      if (first === undefined || (last?.state === 'gone' && last.at < (this.#beganAt ?? 0))) continue;
      const own = changes.get(functionName) ?? [];
      changes.set(functionName, own);
      own.push({ at: first.at, by: 1 });
      // One that shuts down takes no more invocations.
      const end = states.find(({ state }) => state === 'stopping' || state === 'gone');
      if (end) own.push({ at: end.at, by: -1 });
    }
    return Object.fromEntries([...changes].map(([name, each]) => [name, highest(each)]));
  }
}

function highest(changes: readonly { readonly at: number; readonly by: number }[]): number {
  let [count, most] = [0, 0];
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    count += by;
    most = Math.max(most, count);
  }
  return most;
}
