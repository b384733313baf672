import { tickMs } from './fingerprints';
import type { EarlierCopy, FolderCopy, FolderEntry } from './folder';

/** A developer edits few folders at a time; of each its last copy is worth something. */
const keptAtMost = 16;

/** Larger ones are not remembered: what that takes of the memory is not worth it. */
const filesAtMost = 20_000;

/** The last copies of folders, so that a deployment reads what was edited and links the rest. In memory alone. */
export class EarlierCopies {
  /** The most recently used one comes last. */
  readonly #copies = new Map<string, EarlierCopy>();

  get(source: string): EarlierCopy | undefined {
    return this.#copies.get(source);
  }

  /** `lookedMs` is when the entries were listed: a file changed just before might have changed again without a sign of it. */
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
