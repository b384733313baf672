import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../lib/files';

/** What a source looked like, and where in the store its content lies. */
interface Seen {
  readonly print: string;
  readonly hash: string;
}

/** A file system's clock ticks this seldom: two writes within one tick leave the same time. */
export const tickMs = 100;

/**
 * Remembers what sources looked like from outside, so that an unchanged one need not be read again. It is a
 * cache: where it is lost or of no use, sources are read.
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
   * @param lookedMs when it was looked at; a change just before might have been followed by one that shows nowhere
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
    // Not there yet, or damaged: as good as empty.
  }
  return seen;
}
