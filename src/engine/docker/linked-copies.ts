import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Alarm, Clock } from '../../lib/clock';
import { removeFolder } from '../../lib/files';
import { linkTree, moveEntries } from '../../lib/link-tree';
import type { FillKind } from '../engine';

/** Delay before a used copy is replaced, so that this does not slow the boot of the function that uses it. */
const pauseMs = 300;

/**
 * Copies of code and layer folders, whose files are hard links into the store. One copy of each kept folder is ready;
 * its entries are renamed into a sandbox's slot, which takes the same time for one file as for thousands. Slots and
 * copies are on one file system.
 */
export class LinkedCopies {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #ready = new Map<string, string>();
  /** Folders whose files cannot be linked: a ready copy would take as much space as the folder. */
  readonly #unlinkable = new Set<string>();
  #kept: ReadonlySet<string> = new Set();
  #alarm: Alarm | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  /** `folder` is created when needed and contains only copies. */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Keeps a copy of each of these folders ready and removes other copies. Resolves when that is done. */
  keep(folders: ReadonlySet<string>): Promise<void> {
    this.#kept = folders;
    for (const [source, copy] of this.#ready) {
      if (folders.has(source)) continue;
      this.#ready.delete(source);
      this.#enqueue(() => removeFolder(copy));
    }
    this.#refill();
    return this.#work;
  }

  /** Puts the content of `source` into the empty folder `slot`. */
  async fill(source: string, slot: string): Promise<FillKind> {
    const copy = this.#ready.get(source);
    if (copy === undefined) return (await linkTree(source, slot)) ? 'linked' : 'copied';
    this.#ready.delete(source);
    await moveEntries(copy, slot);
    // The copy's folder is empty now; each assignment would leave one.
    this.#enqueue(() => removeFolder(copy));
    this.#refillLater();
    return 'linked';
  }

  /**
   * Empties a slot that `fill` filled from `source` and that no process can write to. Its content becomes the ready
   * copy unless there is one.
   */
  async empty(source: string, slot: string): Promise<void> {
    const copy = await this.#newCopy();
    await moveEntries(slot, copy);
    if (this.#closed || !this.#isMissing(source)) return removeFolder(copy);
    this.#ready.set(source, copy);
  }

  /** Resolves when no copy is being made; the caller removes the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.clear();
    await this.#work;
  }

  #isMissing(source: string): boolean {
    return this.#kept.has(source) && !this.#ready.has(source) && !this.#unlinkable.has(source);
  }

  #refillLater(): void {
    if (this.#closed) return;
    this.#alarm?.clear();
    this.#alarm = this.#clock.alarm(this.#clock.now() + pauseMs, () => this.#refill());
  }

  /** Makes copies one after another, so that they use at most one thread. */
  #refill(): void {
    for (const source of this.#kept) if (this.#isMissing(source)) this.#enqueue(() => this.#make(source));
  }

  #enqueue(step: () => Promise<void>): void {
    // A failure shows when a sandbox is filled, which then makes the copy itself.
    this.#work = this.#work.then(step).catch(() => undefined);
  }

  async #make(source: string): Promise<void> {
    if (this.#closed || !this.#isMissing(source)) return;
    const copy = await this.#newCopy();
    const isLinked = await linkTree(source, copy).catch(() => false);
    if (isLinked && !this.#closed && this.#isMissing(source)) {
      this.#ready.set(source, copy);
      return;
    }
    if (!isLinked) this.#unlinkable.add(source);
    await removeFolder(copy);
  }

  async #newCopy(): Promise<string> {
    const copy = join(this.#folder, randomBytes(8).toString('hex'));
    await mkdir(copy, { recursive: true });
    return copy;
  }
}
