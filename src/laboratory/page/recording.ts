import type { EnvironmentTrace, InvocationTrace, Timeline } from '../../operator-api/contract';

/** Limit of kept invocations. The oldest are evicted first, as in lambdock. */
const invocationsMost = 50_000;

/** An environment and its invocations. */
export class Lane {
  readonly #invocations = new Map<string, InvocationTrace>();
  #sorted: readonly InvocationTrace[] | undefined;

  constructor(public environment: EnvironmentTrace) {}

  get from(): number {
    return this.environment.states[0]?.at ?? 0;
  }

  /** Infinity while the environment exists. */
  get to(): number {
    const last = this.environment.states.at(-1);
    return last?.state === 'gone' ? last.at : Number.POSITIVE_INFINITY;
  }

  /** In order of start. */
  get invocations(): readonly InvocationTrace[] {
    this.#sorted ??= [...this.#invocations.values()].sort((a, b) => startOf(a) - startOf(b));
    return this.#sorted;
  }

  put(invocation: InvocationTrace): void {
    this.#invocations.set(invocation.requestId, invocation);
    this.#sorted = undefined;
  }

  delete(requestId: string): void {
    this.#invocations.delete(requestId);
    this.#sorted = undefined;
  }
}

/** The page's environments and invocations: the timeline as it was read, and later live events. */
export class Recording {
  /** The recording is complete since this time. */
  since = 0;
  /** How far lambdock's clock is ahead of the browser's, in milliseconds. */
  clockOffsetMs = 0;
  readonly #lanes = new Map<string, Lane>();
  readonly #invocations = new Map<string, InvocationTrace>();
  #sorted: readonly Lane[] | undefined;

  clear(): void {
    this.#lanes.clear();
    this.#invocations.clear();
    this.#sorted = undefined;
  }

  /** Adds a timeline that was read. Live events that arrived meanwhile are newer and are kept. */
  fill(timeline: Timeline, nowMs: number): void {
    this.since = timeline.since;
    this.clockOffsetMs = timeline.now - nowMs;
    const environments = [...this.#lanes.values()].map(({ environment }) => environment);
    const invocations = [...this.#invocations.values()];
    this.clear();
    this.apply(timeline);
    this.apply({ environments, invocations });
  }

  apply(rows: Partial<Pick<Timeline, 'environments' | 'invocations'>>): void {
    for (const each of rows.environments ?? []) this.#putEnvironment(each);
    for (const each of rows.invocations ?? []) {
      this.#invocations.set(each.requestId, each);
      this.#place(each);
    }
    let tooMany = this.#invocations.size - invocationsMost;
    for (const { requestId, environmentId = '' } of this.#invocations.values()) {
      if (tooMany <= 0) break;
      tooMany -= 1;
      this.#invocations.delete(requestId);
      this.#lanes.get(environmentId)?.delete(requestId);
    }
  }

  invocation(requestId: string): InvocationTrace | undefined {
    return this.#invocations.get(requestId);
  }

  environment(id: string): EnvironmentTrace | undefined {
    return this.#lanes.get(id)?.environment;
  }

  /** In order of arrival. */
  invocations(functionName?: string): readonly InvocationTrace[] {
    const all = [...this.#invocations.values()];
    const found = functionName === undefined ? all : all.filter((each) => each.functionName === functionName);
    return found.sort((a, b) => a.arrivedAt - b.arrivedAt);
  }

  /** Ordered by function, then by the time that the environment was made. */
  lanes(): readonly Lane[] {
    this.#sorted ??= [...this.#lanes.values()].sort((a, b) => byName(a, b) || a.from - b.from);
    return this.#sorted;
  }

  #putEnvironment(environment: EnvironmentTrace): void {
    const known = this.#lanes.get(environment.id);
    if (known) {
      known.environment = environment;
      return;
    }
    const lane = new Lane(environment);
    this.#lanes.set(environment.id, lane);
    this.#sorted = undefined;
    // Invocations may have arrived before their environment.
    for (const each of this.#invocations.values()) {
      if (each.environmentId === environment.id) this.#place(each);
    }
  }

  #place(invocation: InvocationTrace): void {
    if (invocation.environmentId === undefined || invocation.startedAt === undefined) return;
    this.#lanes.get(invocation.environmentId)?.put(invocation);
  }
}

function startOf({ startedAt = 0 }: InvocationTrace): number {
  return startedAt;
}

function byName(a: Lane, b: Lane): number {
  const [one, other] = [a.environment.functionName, b.environment.functionName];
  return one < other ? -1 : one > other ? 1 : 0;
}
