import type { FunctionVersion } from '../functions/function-version';
import type { Alarm } from '../lib/clock';
import { Environment, type EnvironmentParts } from './environment';
import type { Invocation } from './invocation';
import type { Spares } from './spares';

/**
 * How long a request waits for an environment that has answered and is about to be free, before it makes a
 * cold start instead. A runtime asks for its next event within a millisecond of its answer, but one of 128 MB may
 * have used up its share of several 20 ms periods by then, on a machine that is busy besides.
 */
const settlingGraceMs = 250;

interface Waiter {
  readonly invocation: Invocation;
  readonly alarm: Alarm;
}

/** The environments of one function version, and who waits for them. */
export class Pool {
  readonly #environments = new Set<Environment>();
  /** Free ones, the most recently used last. */
  readonly #free: Environment[] = [];
  readonly #waiters: Waiter[] = [];
  #closed = false;

  constructor(
    readonly version: FunctionVersion,
    readonly spares: Spares,
    private readonly parts: EnvironmentParts,
  ) {}

  get environments(): ReadonlySet<Environment> {
    return this.#environments;
  }

  /** Gives the invocation to a free environment, to one that is about to be free, or to a new one. */
  assign(invocation: Invocation): void {
    const free = this.#free.pop();
    if (free) {
      free.assign(invocation);
      return;
    }
    const settling = [...this.#environments].filter((environment) => environment.isSettling).length;
    if (settling > this.#waiters.length) this.#wait(invocation);
    else this.#startNew(invocation);
  }

  /** Asks every environment to go as soon as it is done. Resolves to how many were asked. */
  retire(): number {
    const asked = [...this.#environments].filter((environment) => environment.state !== 'stopping');
    for (const environment of asked) environment.retire();
    return asked.length;
  }

  /** Resolves when no environment and no spare is left; invocations under way are let end. */
  async close(): Promise<void> {
    this.#closed = true;
    this.retire();
    await Promise.all([
      this.spares.close(),
      ...[...this.#environments].map((environment) => environment.gone),
    ]);
  }

  /** Resolves when nothing is left; what is still under way is ended now, with this reason. */
  async abandon(reason: string): Promise<void> {
    this.#closed = true;
    for (const { invocation, alarm } of this.#waiters.splice(0)) {
      alarm.clear();
      invocation.settle({ kind: 'platformFailed', reason });
    }
    for (const environment of this.#environments) environment.abandon(reason);
    await this.close();
  }

  #wait(invocation: Invocation): void {
    const alarm = this.parts.clock.alarm(this.parts.clock.now() + settlingGraceMs, () => {
      this.#waiters.splice(
        this.#waiters.findIndex((waiter) => waiter.invocation === invocation),
        1,
      );
      this.#startNew(invocation);
    });
    this.#waiters.push({ invocation, alarm });
  }

  #startNew(invocation: Invocation): void {
    const taken = this.spares.take();
    const environment = new Environment(this.version, this.parts, (each) => this.#changed(each), invocation);
    this.#environments.add(environment);
    taken.then(
      (spare) => environment.begin(spare.sandbox, spare.image, spare.coldStart),
      (cause: unknown) => {
        environment.sandboxFailed(cause instanceof Error ? cause.message : String(cause));
        this.parts.fail(new Error(`No sandbox for ${this.version.functionName}`, { cause }));
      },
    );
  }

  #changed(environment: Environment): void {
    const index = this.#free.indexOf(environment);
    if (index >= 0) this.#free.splice(index, 1);
    const { state } = environment;
    if (state === 'gone') this.#environments.delete(environment);
    if (state === 'ready') this.#becameFree(environment);
    // The next spare is made when the cold start that used the last one is over, so as not to slow it down.
    if (state === 'invoking' || state === 'ready' || state === 'gone') this.#replenish();
    if (state === 'stopping' || state === 'gone') this.#serveLostWaiters();
  }

  #becameFree(environment: Environment): void {
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter.alarm.clear();
      environment.assign(waiter.invocation);
      return;
    }
    this.#free.push(environment);
  }

  /** A settling environment that went away instead of becoming free must not leave its waiter to the alarm. */
  #serveLostWaiters(): void {
    const settling = [...this.#environments].filter((environment) => environment.isSettling).length;
    for (const waiter of this.#waiters.splice(settling)) {
      waiter.alarm.clear();
      this.#startNew(waiter.invocation);
    }
  }

  #replenish(): void {
    if (!this.#closed) this.spares.replenish();
  }
}
