import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

export interface FolderWatchOptions {
  /** Whether a path is neither watched nor reported. */
  readonly ignored: (path: string) => boolean;
  /** Called with the absolute path of what was written, made, removed or renamed. */
  readonly changed: (path: string) => void;
  readonly failed: (error: unknown) => void;
}

interface Watched {
  readonly watcher: FSWatcher;
  /** The only names in the folder that count; absent: all do. */
  names: Set<string> | undefined;
}

/**
 * Watches folders with all below them, and single files. It takes one of the system's watches per folder: those for
 * files are few (`fs.inotify.max_user_watches`), and a folder of packages has thousands.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #roots: string[] = [];
  readonly #folders = new Map<string, Watched>();
  #closed = false;
  #isExact = true;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** How many folders are watched. */
  get size(): number {
    return this.#folders.size;
  }

  /**
   * Whether each change is reported with a path below an added path: false if a link leads out of it, or if a file
   * cannot be watched.
   */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** Watches a folder or a file, be it there or not. Resolves when no change can be missed any more. */
  async add(path: string): Promise<void> {
    // Watches the parent, so that a folder that is removed and made again is watched again.
    this.#roots.push(path);
    this.#watch(dirname(path), basename(path));
    await this.#cover(path, path);
  }

  close(): void {
    this.#closed = true;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Watches a path and the targets of links in it. */
  async #cover(path: string, root: string): Promise<void> {
    if (this.#closed || this.#options.ignored(path)) return;
    // Watches a link's target at its own path.
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) return;
    if (real !== root && !real.startsWith(root + sep)) this.#isExact = false;
    if (!(await stat(real).catch(() => undefined))?.isDirectory()) {
      this.#watch(dirname(real), basename(real));
      return;
    }
    if (this.#folders.has(real) && this.#folders.get(real)?.names === undefined) return;
    this.#watch(real);
    const entries = await readdir(real, { withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isDirectory() || entry.isSymbolicLink()) await this.#cover(join(real, entry.name), root);
  }

  #watch(folder: string, name?: string): void {
    if (this.#closed) return;
    const known = this.#folders.get(folder);
    if (known !== undefined) {
      if (name === undefined) known.names = undefined;
      else known.names?.add(name);
      return;
    }
    try {
      const watcher = watch(folder, (event, changed) => void this.#heard(folder, event, changed));
      watcher.on('error', (error) => {
        this.#forget(folder);
        this.#fail(error);
      });
      this.#folders.set(folder, { watcher, names: name === undefined ? undefined : new Set([name]) });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #heard(folder: string, event: string, name: string | null): Promise<void> {
    const { changed, ignored } = this.#options;
    const names = this.#folders.get(folder)?.names;
    if (this.#closed || (name !== null && names !== undefined && !names.has(name))) return;
    const path = name === null ? folder : join(folder, name);
    if (ignored(path)) return;
    changed(path);
    if (event !== 'rename') return;
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) this.#forget(path);
    else if (stats.isDirectory() || stats.isSymbolicLink()) {
      this.#forget(path);
      await this.#cover(path, this.#rootOf(path));
      // Reports files that were added before the watch began.
      if (!this.#closed) changed(path);
    }
  }

  #fail(error: unknown): void {
    this.#isExact = false;
    this.#options.failed(error);
  }

  #rootOf(path: string): string {
    return this.#roots.find((root) => path === root || path.startsWith(root + sep)) ?? path;
  }

  /** Forgets a folder that was removed or replaced, with everything below it. */
  #forget(path: string): void {
    for (const [folder, { watcher }] of this.#folders) {
      if (folder !== path && !folder.startsWith(path + sep)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
  }
}
