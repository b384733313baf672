import { tickMs } from './fingerprints';
import type { EarlierCopy, FolderCopy, FolderEntry } from './folder';

/** Number of folders whose last copy is kept; a developer edits few folders at a time. */
const keptAtMost = 16;

/** Larger folders are not kept, since they would use too much memory. */
const filesAtMost = 20_000;

/** The last copies of folders, so that a deployment reads edited files and links the others. In memory only. */
export class EarlierCopies {
  /** The most recently used copy is last. */
  readonly #copies = new Map<string, EarlierCopy>();

  get(source: string): EarlierCopy | undefined {
    return this.#copies.get(source);
  }

  /**
   * `lookedMs` is when the entries were listed: a file that changed just before may change again within the same tick.
   */
  remember(
    source: string,
    folder: string,
    { files }: FolderCopy,
    entries: readonly FolderEntry[],
    lookedMs: number,
  ): void {
    this.#copies.delete(source);
    if (files.size > filesAtMost) return;
    const sure = new Map(files);
    for (const { path, changedMs } of entries) if (changedMs > lookedMs - tickMs) sure.delete(path);
    this.#copies.set(source, { folder, files: sure });
    const [oldest] = this.#copies.keys();
    if (this.#copies.size > keptAtMost && oldest !== undefined) this.#copies.delete(oldest);
  }
}
