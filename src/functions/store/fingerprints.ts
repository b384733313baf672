import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../lib/files';

/** A source's fingerprint, and its content's address in the store. */
interface Seen {
  readonly print: string;
  readonly hash: string;
}

/** Resolution of file times: two writes within one tick have the same time. */
export const tickMs = 100;

/**
 * Caches fingerprints of sources (names, times, sizes), so that an unchanged source is not read again. If the cache is
 * lost, sources are read.
 */
export class Fingerprints {
  readonly #path: string;
  #loaded: Promise<Map<string, Seen>> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async hash(source: string, print: string): Promise<string | undefined> {
    const seen = (await this.#seen()).get(source);
    return seen?.print === print ? seen.hash : undefined;
  }

  /**
   * @param changedMs when the source was last changed
   * @param lookedMs when it was read; a change just before may be followed by one with the same time
   */
  async remember(source: string, seen: Seen, changedMs: number, lookedMs: number): Promise<void> {
    if (changedMs > lookedMs - tickMs) return;
    const all = await this.#seen();
    all.set(source, seen);
    await writeAtomically(this.#path, JSON.stringify(Object.fromEntries(all)));
  }

  #seen(): Promise<Map<string, Seen>> {
    this.#loaded ??= load(this.#path);
    return this.#loaded;
  }
}

async function load(path: string): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    for (const [source, each] of Object.entries(read ?? {})) {
      if (typeof each?.print === 'string' && typeof each?.hash === 'string') {
        seen.set(source, { print: each.print, hash: each.hash });
      }
    }
  } catch {
    // A missing or damaged file counts as empty.
  }
  return seen;
}
