import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/engine';
import type { Alarm, Clock } from '../../lib/clock';
import { type Deferred, deferred } from '../../lib/deferred';
import { Demand } from './demand';
import type { SandboxKind, Spare, TakenSpare } from './spare';

export interface SpareSettings {
  /** Most sandboxes that are kept ready in total. With 0, every cold start makes a sandbox. */
  readonly total: number;
  /** How many are always ready, by the kind's name. Their sum may exceed `total`. */
  readonly minimum: ReadonlyMap<string, number>;
}

export interface SharedSpareParts {
  readonly engine: Pick<Engine, 'createSandbox'>;
  readonly clock: Clock;
  readonly fail: (error: Error) => void;
}

/** Ready sandboxes of each kind without recent calls: enough for a page that calls several functions when it opens. */
const usuallyReady = 4;

/** Sandboxes made at the same time for waiting calls. More of them would only wait for one another in the engine. */
const makingAtMost = 8;

/** Sandboxes made at the same time ahead of need; few, so that running functions keep the CPU. */
const makingAheadAtMost = 2;

/** Memory of one waiting sandbox: the engine's process for it, the init, and kernel memory. */
const spareMiB = 16;

/** Share of the engine's memory that waiting sandboxes may use. */
const memoryShare = 0.1;

/** How many of the requested spares fit: fewer on an engine with little memory. */
export function spareTotal(asked: number, engineMemoryMiB: number): number {
  return Math.min(asked, Math.max(1, Math.floor((engineMemoryMiB * memoryShare) / spareMiB)));
}

/** The sandboxes of one kind. */
interface Stock {
  readonly kind: SandboxKind;
  /** Users of this kind, with their memory sizes. */
  readonly users: Map<object, number>;
  readonly ready: Spare[];
  /** Cold starts that wait for a sandbox, in order of arrival. */
  readonly claims: Deferred<Spare>[];
  /** Functions that wait for a spare of their own. */
  readonly orders: Deferred<Spare>[];
  readonly demand: Demand;
  making: number;
  /** Whether making a spare has failed since the last cold start. */
  hasFailed: boolean;
}

/**
 * Sandboxes made ahead of need for any function of their kind. Their number follows the last minute's cold starts,
 * within a total. Waiting cold starts come first, then kinds without a ready sandbox.
 */
export class SharedSpares {
  /** The most recently used kind comes last. */
  readonly #stocks = new Map<string, Stock>();
  readonly #underWay = new Set<Promise<unknown>>();
  #making = 0;
  /** Whether a sandbox that was ready has been taken since the last look at what is missing. */
  #isReplenishDue = false;
  #alarm: Alarm | undefined;
  #closed = false;

  constructor(
    private readonly parts: SharedSpareParts,
    private readonly settings: SpareSettings,
  ) {}

  get ready(): readonly Spare[] {
    return [...this.#stocks.values()].flatMap(({ ready }) => ready);
  }

  /** Whether spares are enabled. */
  get areKept(): boolean {
    return this.settings.total > 0 || this.settings.minimum.size > 0;
  }

  /** Keeps sandboxes of a kind ready as long as the kind has a user. */
  use(kind: SandboxKind, user: object, memoryMiB: number): void {
    this.#stock(kind).users.set(user, memoryMiB);
    this.#pump();
  }

  release(user: object): void {
    for (const stock of this.#stocks.values()) stock.users.delete(user);
    this.#pump();
  }

  hasReady(kind: SandboxKind): boolean {
    return this.#stocks.get(kind.key)?.ready.some(({ sandbox }) => sandbox.alive) ?? false;
  }

  /**
   * Resolves to a ready sandbox, or to the next one that becomes ready. Rejects with `EngineError` if none can be made.
   */
  async take(kind: SandboxKind): Promise<TakenSpare> {
    const stock = this.#stock(kind);
    this.#stocks.delete(kind.key);
    this.#stocks.set(kind.key, stock);
    stock.hasFailed = false;
    stock.demand.arrived(this.parts.clock.now());
    this.#isReplenishDue = true;
    for (let spare = stock.ready.shift(); spare !== undefined; spare = stock.ready.shift()) {
      if (spare.sandbox.alive) return { ...spare, coldStart: spare.isReused ? 'reused' : 'spare' };
      this.#discard(spare);
    }
    const claim = deferred<Spare>();
    stock.claims.push(claim);
    this.#pump();
    return { ...(await claim.promise), coldStart: 'on-demand' };
  }

  /** Makes a sandbox ahead of need. */
  async order(kind: SandboxKind): Promise<Spare> {
    const order = deferred<Spare>();
    this.#stock(kind).orders.push(order);
    this.#pump();
    return order.promise;
  }

  /** Takes over a sandbox that has no environment and has been emptied. */
  give(spare: Spare): void {
    this.#keep(this.#stock(spare.kind), spare);
    this.#pump();
  }

  /**
   * Makes spares that are missing since the last cold start. A failure is reported once and not retried until the next
   * cold start. Every invocation calls it: without a cold start it does nothing.
   */
  replenish(): void {
    if (this.#isReplenishDue) this.#pump();
  }

  /** Removes ready spares and makes no more; from now on sandboxes are made on demand. */
  closeAhead(): void {
    this.#closed = true;
    this.#alarm?.clear();
    for (const { orders } of this.#stocks.values())
      for (const order of orders.splice(0)) order.reject(new Error('lambdock is shutting down'));
    this.#pump();
  }

  /** Resolves when no sandbox is being made or removed. */
  async close(): Promise<void> {
    this.closeAhead();
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #stock(kind: SandboxKind): Stock {
    let stock = this.#stocks.get(kind.key);
    if (stock === undefined) {
      stock = {
        kind,
        users: new Map(),
        ready: [],
        claims: [],
        orders: [],
        demand: new Demand(),
        making: 0,
        hasFailed: false,
      };
      this.#stocks.set(kind.key, stock);
    }
    return stock;
  }

  /** Removes surplus sandboxes and makes missing ones, within the limits of parallel work. */
  #pump(): void {
    this.#isReplenishDue = false;
    const targets = this.#targets();
    for (const stock of [...this.#stocks.values()]) {
      const surplus = Math.max(0, stock.ready.length - (targets.get(stock) ?? 0));
      for (const spare of stock.ready.splice(0, surplus)) this.#discard(spare);
      const isIdle = stock.claims.length + stock.orders.length + stock.making === 0;
      if (isIdle && stock.users.size === 0) this.#stocks.delete(stock.kind.key);
    }
    for (let stock = this.#next(targets); stock !== undefined; stock = this.#next(targets)) this.#make(stock);
    this.#setAlarm();
  }

  /** The stock that gets the next sandbox. */
  #next(targets: ReadonlyMap<Stock, number>): Stock | undefined {
    if (this.#making >= makingAtMost) return undefined;
    const stocks = [...this.#stocks.values()];
    const waiting = stocks.find(({ claims, making }) => claims.length > making);
    if (waiting !== undefined || this.#making >= makingAheadAtMost) return waiting;
    const missing = (stock: Stock) => {
      const wanted = (targets.get(stock) ?? 0) + stock.orders.length + stock.claims.length;
      return stock.hasFailed ? 0 : wanted - stock.ready.length - stock.making;
    };
    const urgency = (stock: Stock) => missing(stock) + (stock.ready.length + stock.making === 0 ? 1_000 : 0);
    const [most] = stocks.filter((stock) => missing(stock) > 0).sort((a, b) => urgency(b) - urgency(a));
    return most;
  }

  /** How many of each kind to keep ready: one of each first, the most recently used kinds before others. */
  #targets(): ReadonlyMap<Stock, number> {
    const targets = new Map<Stock, number>();
    if (this.#closed) return targets;
    const nowMs = this.parts.clock.now();
    const wanted = new Map<Stock, number>();
    for (const stock of [...this.#stocks.values()].reverse()) {
      if (stock.users.size === 0) continue;
      wanted.set(stock, Math.max(stock.kind.isShared ? usuallyReady : 1, stock.demand.level(nowMs)));
      targets.set(stock, this.settings.minimum.get(stock.kind.name) ?? 0);
    }
    let left = [...targets.values()].reduce((sum, each) => sum - each, this.settings.total);
    for (let level = 1; level <= Math.max(0, ...wanted.values()); level += 1) {
      for (const [stock, most] of wanted) {
        if (left <= 0) return targets;
        if ((targets.get(stock) ?? 0) >= level || most < level) continue;
        targets.set(stock, level);
        left -= 1;
      }
    }
    return targets;
  }

  #make(stock: Stock): void {
    const { engine, clock, fail } = this.parts;
    const { kind } = stock;
    const id = newId(kind.name);
    const memoryMiB = Math.max(128, ...stock.users.values());
    stock.making += 1;
    this.#making += 1;
    const made = engine.createSandbox({ ...kind.spec, id, memoryMiB }).then(
      (sandbox) => this.#keep(stock, { id, sandbox, kind, madeAtMs: clock.now(), isReused: false }),
      (cause: unknown) => {
        const waiting = stock.claims.shift() ?? stock.orders.shift();
        if (waiting) return waiting.reject(cause);
        if (!this.#closed && !stock.hasFailed)
          fail(new Error(`No spare sandbox for ${kind.name}`, { cause }));
        stock.hasFailed = true;
      },
    );
    this.#track(
      made.then(() => {
        stock.making -= 1;
        this.#making -= 1;
        this.#pump();
      }),
    );
  }

  #keep(stock: Stock, spare: Spare): void {
    const waiting = stock.claims.shift() ?? stock.orders.shift();
    if (waiting) waiting.resolve(spare);
    else stock.ready.push(spare);
  }

  #setAlarm(): void {
    this.#alarm?.clear();
    this.#alarm = undefined;
    if (this.#closed) return;
    const { clock } = this.parts;
    const nowMs = clock.now();
    const falls = [...this.#stocks.values()].flatMap(({ demand, ready }) =>
      ready.length > 0 ? (demand.fallsAtMs(nowMs) ?? []) : [],
    );
    if (falls.length > 0) this.#alarm = clock.alarm(Math.min(...falls), () => this.#pump());
  }

  /** Never rejects; reports a sandbox that cannot be removed. */
  #discard(spare: Spare): void {
    this.#track(
      spare.sandbox
        .remove()
        .catch((cause: unknown) =>
          this.parts.fail(new Error(`The spare ${spare.id} could not be removed`, { cause })),
        ),
    );
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}

/** Readable in `docker ps`, unique, and made of characters that engines allow in names. */
function newId(name: string): string {
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(-40);
  return `${readable}-${randomBytes(6).toString('hex')}`;
}
