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
 * How long a request waits for an environment that has answered and is about to be free, or whose processes are being
 * killed after a failure, before it makes a cold start instead. A runtime asks for its next event within a millisecond of
 * its answer, but one of 128 MB may have used up its share of several 20 ms periods by then, on a machine that is busy
 * besides.
 */
const settlingGraceMs = 250;

interface Waiter {
  readonly invocation: Invocation;
  /** When it waits no longer, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/** How far the environments are that are wanted ahead of need. */
export interface Provisioned {
  /** Initialised. */
  readonly allocated: number;
  /** Initialised and without work. */
  readonly available: number;
  /** Whether the last one that was begun did not get there. */
  readonly failed: boolean;
}

/** The environments of one function version, and who waits for them. */
export class Pool {
  readonly #environments = new Set<Environment>();
  /** Free ones, the most recently used last. */
  readonly #free: Environment[] = [];
  /** First come, first served; no one waits longer than those behind. */
  readonly #waiters: Waiter[] = [];
  /** Rings when the first waiter's time is over, or earlier: it stays when that one has been served. */
  #alarm: Alarm | undefined;
  /** How many environments are wanted ahead of need, and whether making them has failed. */
  #wanted = 0;
  #failed = false;
  readonly #allocated = new Set<Environment>();
  /** The sandbox of the environment that was begun last. */
  #taken: ReturnType<Spares['take']> | undefined;
  #closed = false;
  #hasStarted = false;
  /** Ends the declared delay of an environment. */
  readonly #delayed = new Map<Environment, () => void>();
  /** What to call when an environment is initialised, or has ended instead. */
  readonly #warming = new Map<Environment, () => void>();
  /** How many of the next invocations get an environment of their own making. */
  #forcedCold = 0;
  /** Why the next environment is started, where none is left. */
  #startCause: StartCause;
  readonly #owner: EnvironmentOwner = {
    changed: (environment) => this.#changed(environment),
    takeBack: (taken) => this.spares.takeBack(taken),
  };

  constructor(
    readonly version: FunctionVersion,
    readonly spares: Spares,
    private readonly parts: EnvironmentParts,
    /** Why its first environment is started for an invocation. */
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

  /** How many environments it has that no one has asked to go. */
  get staying(): number {
    return this.#staying().length;
  }

  /** Gives the invocation to a free environment, to one that is about to be free, or to a new one. */
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

  /** Lets the next invocations, so many, start an environment each, whether others are free or not. */
  forceCold(count: number): void {
    this.#forcedCold = count;
  }

  get provisioned(): Provisioned {
    const available = this.#free.filter((each) => this.#allocated.has(each)).length;
    return { allocated: this.#allocated.size, available, failed: this.#failed };
  }

  /** Initialises environments ahead of need, or lets those go that are too many. */
  provision(wanted: number): void {
    this.#wanted = wanted;
    this.#failed = false;
    const ahead = this.#ahead();
    for (const environment of ahead.slice(wanted)) environment.retire('scale-in');
    for (let missing = wanted - ahead.length; missing > 0; missing -= 1) this.#startAhead();
  }

  /** Whether there may be no further environment. */
  get #isFull(): boolean {
    return this.version.debug !== undefined && this.#environments.size > 0;
  }

  /** The sandbox that is debugged; without an environment it starts one. */
  async debuggee(): Promise<Sandbox | undefined> {
    if (this.#closed) return undefined;
    const [living] = this.#environments;
    if (living === undefined) this.#start({ cause: this.#startCause });
    return this.#taken?.then(
      ({ sandbox }) => sandbox,
      () => undefined,
    );
  }

  /** Starts environments ahead of need until there are so many; resolves to how many it started, once they are ready. */
  async warm(wanted: number): Promise<number> {
    const most = this.version.debug === undefined ? wanted : 1;
    // One that is leaving counts, too: its debugger's port is still its own.
    const there = this.version.debug === undefined ? this.#staying().length : this.#environments.size;
    const missing = Math.max(0, Math.min(wanted, most) - there);
    const started = Array.from({ length: missing }, () => this.#start({ cause: 'warmed' }));
    await Promise.all(started.map((each) => new Promise<void>((ready) => this.#warming.set(each, ready))));
    return started.filter(({ endCause }) => endCause === undefined).length;
  }

  /** Asks those that are too many to go, free ones first; returns how many it asked. */
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

  /** Asks every environment to go as soon as it is done. Returns how many were asked. */
  retire(cause: EndCause): number {
    const asked = [...this.#environments].filter((environment) => environment.state !== 'stopping');
    for (const environment of asked) environment.retire(cause);
    return asked.length;
  }

  /** Ends free environments as their idle timeout would; returns how many. */
  expire(): number {
    const idle = [...this.#environments].filter(
      ({ state, initializationType }) => state === 'ready' && initializationType === 'on-demand',
    );
    for (const environment of idle) environment.retire('idle-expiry');
    return idle.length;
  }

  /** Lets so much idle time pass at once. */
  advanceIdle(ms: number): void {
    for (const environment of [...this.#environments]) environment.advanceIdle(ms);
    this.spares.advanceIdle(ms);
  }

  /** Stops or continues the processes of free environments; returns how many are so now. */
  setFrozen(isFrozen: boolean): number {
    return [...this.#environments].filter((environment) => environment.setFrozen(isFrozen)).length;
  }

  /** Resolves when no environment and no spare is left; invocations under way are let end. For `succeeded` see `Spares`. */
  async close(succeeded?: Promise<void>, cause: EndCause = 'code-change'): Promise<void> {
    this.#closed = true;
    if (this.#waiters.length === 0) this.#alarm?.clear();
    // First, so that no sandbox is emptied without need.
    const sparesClosed = this.spares.close(succeeded);
    // Who waited for one of those that leave is given another one, which has to leave then.
    while (this.#environments.size > 0) {
      this.retire(cause);
      await Promise.all([...this.#environments].map((environment) => environment.gone));
    }
    await sparesClosed;
  }

  /** Resolves when nothing is left; what is still under way is ended now, with this reason. */
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
    // A function that is debugged has one environment, for which its callers wait as long as it takes.
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
    // It takes its sandbox only to remove it.
    if (state === 'stopping') this.#delayed.get(environment)?.();
    if (this.#warming.size > 0 && (state === 'ready' || state === 'invoking' || state === 'gone')) {
      this.#warming.get(environment)?.();
      this.#warming.delete(environment);
    }
    const { endCause } = environment;
    if (endCause !== undefined && endCause !== 'shutdown') this.#startCause = endCause;
    if (environment.initializationType === 'provisioned-concurrency') this.#changedAhead(environment);
    if (state === 'ready') this.#becameFree(environment);
    // The next spare is made when the cold start that used the last one is over, so as not to slow it down.
    if (state === 'invoking' || state === 'ready' || state === 'gone') this.#replenish();
    if (state === 'shuttingDown' || state === 'stopping' || state === 'gone') this.#serveLostWaiters();
  }

  #changedAhead(environment: Environment): void {
    const { state } = environment;
    if (state === 'ready') this.#allocated.add(environment);
    if (state !== 'gone') return;
    // One that never was ready would fail again; one that was is replaced.
    if (!this.#allocated.delete(environment)) this.#failed = this.#wanted > 0;
    else if (!this.#closed && this.#ahead().length < this.#wanted) this.#startAhead();
  }

  #ahead(): Environment[] {
    return [...this.#environments].filter(
      ({ initializationType, state }) => initializationType !== 'on-demand' && state !== 'stopping',
    );
  }

  /** What is paid for anyway goes first. */
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

  /** An environment about to be free that went away instead of becoming free must not leave its waiter to the alarm. */
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
