import type { Sandbox } from '../engine/engine';
import type { FunctionVersion } from '../functions/function-version';
import type { Alarm } from '../lib/clock';
import { Environment, type EnvironmentOwner } from './environment';
import type { EnvironmentParts, EnvironmentStart } from './environment-parts';
import type { Invocation } from './invocation';
import type { EndCause, StartCause } from './observation/observer';
import type { AssignedSandbox } from './spares/spare';
import type { Spares } from './spares/spares';

/**
 * How long a request waits for an environment that has responded or is being reset, before it starts a new one. A
 * runtime asks for its next event within a millisecond of its response, but with 128 MB it may have used up its CPU
 * share for several 20 ms periods, and the machine may be busy.
 */
const settlingGraceMs = 250;

interface Waiter {
  readonly invocation: Invocation;
  /** End of the wait, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Progress of provisioned concurrency. */
export interface Provisioned {
  /** Initialized environments. */
  readonly allocated: number;
  /** Initialized and free environments. */
  readonly available: number;
  /** Whether the last environment that was started failed to initialize. */
  readonly failed: boolean;
}

/** The environments of one function version, and the invocations that wait for one. */
export class Pool {
  readonly #environments = new Set<Environment>();
  /** Free environments; the most recently used is last. */
  readonly #free: Environment[] = [];
  /** Waiting invocations, in order of arrival. */
  readonly #waiters: Waiter[] = [];
  /** Fires when the first waiter's time is over, or earlier: it is kept when that waiter has been served. */
  #alarm: Alarm | undefined;
  /** Provisioned concurrency, and whether starting an environment for it has failed. */
  #wanted = 0;
  #failed = false;
  readonly #allocated = new Set<Environment>();
  /** The sandbox of the environment that was started last. */
  #taken: ReturnType<Spares['take']> | undefined;
  #closed = false;
  #hasStarted = false;
  /** Ends the declared delay of an environment. */
  readonly #delayed = new Map<Environment, () => void>();
  /** Callbacks for when an environment is initialized or has ended. */
  readonly #warming = new Map<Environment, () => void>();
  /** How many of the next invocations start a new environment. */
  #forcedCold = 0;
  /** Why the next environment is started if none is left. */
  #startCause: StartCause;
  readonly #owner: EnvironmentOwner = {
    changed: (environment) => this.#changed(environment),
    takeBack: (taken) => this.spares.takeBack(taken),
  };

  constructor(
    readonly version: FunctionVersion,
    readonly spares: Spares,
    private readonly parts: EnvironmentParts,
    /** Cause of the pool's first start for an invocation. */
    firstCause: 'first-call' | 'code-change' = 'first-call',
  ) {
    this.#startCause = firstCause;
  }

  get environments(): ReadonlySet<Environment> {
    return this.#environments;
  }

  /** Whether it ever had an environment. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Number of environments that are not retiring. */
  get staying(): number {
    return this.#staying().length;
  }

  /** Assigns the invocation to a free environment, one that is about to be free, or a new one. */
  assign(invocation: Invocation): void {
    const isForcedCold = this.#forcedCold > 0 || invocation.request.isForcedCold;
    if (isForcedCold && !this.#isFull) {
      this.#forcedCold = Math.max(0, this.#forcedCold - 1);
      this.#startNew(invocation, 'forced');
      return;
    }
    const free = this.#takeFree();
    if (free) {
      free.assign(invocation);
      return;
    }
    if (this.#isFull || this.#aboutToBeFree() > this.#waiters.length) this.#wait(invocation);
    else this.#startNew(invocation);
  }

  /** Makes the next `count` invocations start a new environment each, even if others are free. */
  forceCold(count: number): void {
    this.#forcedCold = count;
  }

  get provisioned(): Provisioned {
    const available = this.#free.filter((each) => this.#allocated.has(each)).length;
    return { allocated: this.#allocated.size, available, failed: this.#failed };
  }

  /** Starts environments ahead of need, or retires surplus ones. */
  provision(wanted: number): void {
    this.#wanted = wanted;
    this.#failed = false;
    const ahead = this.#ahead();
    for (const environment of ahead.slice(wanted)) environment.retire('scale-in');
    for (let missing = wanted - ahead.length; missing > 0; missing -= 1) this.#startAhead();
  }

  /** Whether the pool may not start another environment. */
  get #isFull(): boolean {
    return this.version.debug !== undefined && this.#environments.size > 0;
  }

  /** The sandbox of the debugged environment; starts an environment if needed. */
  async debuggee(): Promise<Sandbox | undefined> {
    if (this.#closed) return undefined;
    const [living] = this.#environments;
    if (living === undefined) this.#start({ cause: this.#startCause });
    return this.#taken?.then(
      ({ sandbox }) => sandbox,
      () => undefined,
    );
  }

  /** Starts environments until there are `wanted`. Resolves to how many it started, once they are ready. */
  async warm(wanted: number): Promise<number> {
    const most = this.version.debug === undefined ? wanted : 1;
    // One that is leaving counts, too: its debugger's port is still its own.
    const there = this.version.debug === undefined ? this.#staying().length : this.#environments.size;
    const missing = Math.max(0, Math.min(wanted, most) - there);
    const started = Array.from({ length: missing }, () => this.#start({ cause: 'warmed' }));
    await Promise.all(started.map((each) => new Promise<void>((ready) => this.#warming.set(each, ready))));
    return started.filter(({ endCause }) => endCause === undefined).length;
  }

  /** Retires surplus environments, free ones first. Returns how many. */
  scaleIn(wanted: number): number {
    const staying = this.#staying();
    const free = new Set(this.#free);
    const inOrder = [
      ...staying.filter((each) => free.has(each)),
      ...staying.filter((each) => !free.has(each)),
    ];
    const surplus = inOrder.slice(0, Math.max(0, staying.length - wanted));
    for (const environment of surplus) environment.retire('scale-in');
    return surplus.length;
  }

  /** Retires all environments; each ends after its invocation. Returns how many. */
  retire(cause: EndCause): number {
    const asked = [...this.#environments].filter((environment) => environment.state !== 'stopping');
    for (const environment of asked) environment.retire(cause);
    return asked.length;
  }

  /** Ends free environments, as their idle timeout does. Returns how many. */
  expire(): number {
    const idle = [...this.#environments].filter(
      ({ state, initializationType }) => state === 'ready' && initializationType === 'on-demand',
    );
    for (const environment of idle) environment.retire('idle-expiry');
    return idle.length;
  }

  /** Counts `ms` as idle time. */
  advanceIdle(ms: number): void {
    for (const environment of [...this.#environments]) environment.advanceIdle(ms);
    this.spares.advanceIdle(ms);
  }

  /** Freezes or thaws free environments. Returns how many. */
  setFrozen(isFrozen: boolean): number {
    return [...this.#environments].filter((environment) => environment.setFrozen(isFrozen)).length;
  }

  /** Lets invocations finish. Resolves when no environment and no spare is left. For `succeeded` see `Spares`. */
  async close(succeeded?: Promise<void>, cause: EndCause = 'code-change'): Promise<void> {
    this.#closed = true;
    if (this.#waiters.length === 0) this.#alarm?.clear();
    // Before the environments end, so that no sandbox is emptied in vain.
    const sparesClosed = this.spares.close(succeeded);
    // An invocation that waited for a retiring environment gets a new one, which must retire too.
    while (this.#environments.size > 0) {
      this.retire(cause);
      await Promise.all([...this.#environments].map((environment) => environment.gone));
    }
    await sparesClosed;
  }

  /** Ends running invocations with this reason. Resolves when no environment and no spare is left. */
  async abandon(reason: string): Promise<void> {
    this.#closed = true;
    for (const { invocation } of this.#waiters.splice(0)) {
      invocation.settle({ kind: 'platformFailed', reason });
    }
    for (const environment of this.#environments) environment.abandon(reason);
    await this.close(undefined, 'shutdown');
  }

  #staying(): Environment[] {
    return [...this.#environments].filter(({ endCause }) => endCause === undefined);
  }

  /** How many environments are about to be free. */
  #aboutToBeFree(): number {
    let count = 0;
    for (const environment of this.#environments) if (environment.isAboutToBeFree) count += 1;
    return count;
  }

  #wait(invocation: Invocation): void {
    // A debugged function has one environment; its callers wait without a limit.
    const graceMs = this.version.debug === undefined ? settlingGraceMs : Number.POSITIVE_INFINITY;
    this.#waiters.push({ invocation, untilMs: this.parts.clock.now() + graceMs });
    if (this.version.debug === undefined) this.#setAlarm();
  }

  #setAlarm(): void {
    const [first] = this.#waiters;
    if (first !== undefined) this.#alarm ??= this.parts.clock.alarm(first.untilMs, () => this.#ring());
  }

  #ring(): void {
    this.#alarm = undefined;
    const nowMs = this.parts.clock.now();
    while (this.#waiters[0] !== undefined && this.#waiters[0].untilMs <= nowMs) {
      const { invocation } = this.#waiters.shift() as Waiter;
      this.#startNew(invocation);
    }
    this.#setAlarm();
  }

  #startNew(invocation: Invocation, forced?: 'forced'): void {
    const others = this.#staying().length > 0 ? 'scale-out' : this.#startCause;
    this.#start({ invocation, cause: forced ?? others });
  }

  #startAhead(): void {
    this.#start({ cause: 'provisioned', initializationType: 'provisioned-concurrency' });
  }

  #start(start: EnvironmentStart): Environment {
    this.#hasStarted = true;
    const taken = this.spares.take();
    const environment = new Environment(this.version, this.parts, this.#owner, start);
    this.#begin(environment, taken);
    return environment;
  }

  #begin(environment: Environment, taken: ReturnType<Spares['take']>): void {
    this.#environments.add(environment);
    this.#taken = taken;
    taken.then(
      (taken) => this.#beginWith(environment, taken),
      (cause: unknown) => {
        environment.sandboxFailed(cause instanceof Error ? cause.message : String(cause));
        this.parts.fail(new Error(`No sandbox for ${this.version.functionName}`, { cause }));
      },
    );
  }

  #beginWith(environment: Environment, taken: AssignedSandbox): void {
    const { clock, starts } = this.parts;
    const delay = starts?.delayOf(this.version.functionName);
    environment.willBegin(taken, delay);
    if (delay === undefined) {
      environment.begin(taken);
      return;
    }
    const begin = () => {
      alarm.clear();
      if (this.#delayed.delete(environment)) environment.begin(taken);
    };
    this.#delayed.set(environment, begin);
    const alarm = clock.alarm(clock.now() + delay.ms, begin);
  }

  #changed(environment: Environment): void {
    const index = this.#free.indexOf(environment);
    if (index >= 0) this.#free.splice(index, 1);
    const { state } = environment;
    if (state === 'gone') this.#environments.delete(environment);
    // It takes the sandbox only to remove it.
    if (state === 'stopping') this.#delayed.get(environment)?.();
    if (this.#warming.size > 0 && (state === 'ready' || state === 'invoking' || state === 'gone')) {
      this.#warming.get(environment)?.();
      this.#warming.delete(environment);
    }
    const { endCause } = environment;
    if (endCause !== undefined && endCause !== 'shutdown') this.#startCause = endCause;
    if (environment.initializationType === 'provisioned-concurrency') this.#changedAhead(environment);
    if (state === 'ready') this.#becameFree(environment);
    // Makes the next spare after the cold start that used the last one, so as not to slow that down.
    if (state === 'invoking' || state === 'ready' || state === 'gone') this.#replenish();
    if (state === 'shuttingDown' || state === 'stopping' || state === 'gone') this.#serveLostWaiters();
  }

  #changedAhead(environment: Environment): void {
    const { state } = environment;
    if (state === 'ready') this.#allocated.add(environment);
    if (state !== 'gone') return;
    // An environment that never was ready would fail again; one that was is replaced.
    if (!this.#allocated.delete(environment)) this.#failed = this.#wanted > 0;
    else if (!this.#closed && this.#ahead().length < this.#wanted) this.#startAhead();
  }

  #ahead(): Environment[] {
    return [...this.#environments].filter(
      ({ initializationType, state }) => initializationType !== 'on-demand' && state !== 'stopping',
    );
  }

  /** Prefers provisioned environments. */
  #takeFree(): Environment | undefined {
    if (this.#allocated.size === 0) return this.#free.pop();
    const index = this.#free.findLastIndex((each) => this.#allocated.has(each));
    return index < 0 ? this.#free.pop() : this.#free.splice(index, 1)[0];
  }

  #becameFree(environment: Environment): void {
    const waiter = this.#waiters.shift();
    if (waiter) {
      environment.assign(waiter.invocation);
      return;
    }
    this.#free.push(environment);
  }

  /**
   * Serves the waiters of environments that ended instead of becoming free, so that they need not wait for the alarm.
   */
  #serveLostWaiters(): void {
    if (this.version.debug !== undefined) {
      const next = this.#isFull ? undefined : this.#waiters.shift();
      if (next !== undefined) this.#startNew(next.invocation);
      return;
    }
    for (const { invocation } of this.#waiters.splice(this.#aboutToBeFree())) this.#startNew(invocation);
  }

  #replenish(): void {
    if (!this.#closed) this.spares.replenish();
  }
}
