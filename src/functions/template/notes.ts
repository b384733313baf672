import type { Problem } from './problems';
import type { Position } from './values';

export type Note = Problem & { readonly file: string; readonly offset: number };

/** What was noted while something was read. */
export interface Captured<T> {
  readonly value: T;
  readonly problems: readonly Note[];
  readonly limits: readonly Note[];
  readonly warnings: readonly Note[];
}

type Severity = 'problems' | 'limits' | 'warnings';

/**
 * Notes of a template and those nested in it, each once: Globals concern many functions.
 * A problem is a mistake; a limit is what lambdock cannot host though the template is right; a warning stops nothing.
 */
export class Notes {
  #notes: Record<Severity, Note[]> = { problems: [], limits: [], warnings: [] };

  note(place: Position, message: string): undefined {
    return this.#put('problems', at(place, message));
  }

  limit(place: Position, message: string): undefined {
    return this.#put('limits', at(place, message));
  }

  warn(place: Position, message: string): undefined {
    return this.#put('warnings', at(place, message));
  }

  /** About a file as a whole, or about what came with the command. */
  noteFile(file: string, message: string): undefined {
    return this.#put('problems', { file, offset: -1, message });
  }

  warnFile(file: string, message: string): undefined {
    return this.#put('warnings', { file, offset: -1, message });
  }

  /** Keeps apart what is noted while `read` runs: the caller adds it, or drops it. */
  capture<T>(read: () => T): Captured<T> {
    const before = this.#notes;
    this.#notes = { problems: [], limits: [], warnings: [] };
    try {
      return { value: read(), ...this.#notes };
    } finally {
      this.#notes = before;
    }
  }

  add(severity: Severity, notes: readonly Note[]): void {
    for (const note of notes) this.#put(severity, note);
  }

  /** Makes every limit a problem. */
  escalateLimits(): void {
    this.add('problems', this.#notes.limits);
    this.#notes.limits = [];
  }

  get problems(): readonly Problem[] {
    return sorted(this.#notes.problems);
  }

  get limits(): readonly Problem[] {
    return sorted(this.#notes.limits);
  }

  get warnings(): readonly Problem[] {
    return sorted(this.#notes.warnings);
  }

  #put(severity: Severity, note: Note): undefined {
    const notes = this.#notes[severity];
    const isThere = notes.some(
      ({ file, offset, message }) => file === note.file && offset === note.offset && message === note.message,
    );
    if (!isThere) notes.push(note);
  }
}

function at({ source, offset, path }: Position, message: string): Note {
  return {
    file: source.file,
    offset,
    ...source.position(offset),
    message: path === '' ? message : `${path} ${message}`,
  };
}

/** File by file, in the order of the text. */
function sorted(notes: readonly Note[]): readonly Problem[] {
  const files = [...new Set(notes.map(({ file }) => file))];
  return files.flatMap((file) =>
    notes
      .filter((each) => each.file === file)
      .sort((one, other) => one.offset - other.offset)
      .map(({ offset: _, ...problem }) => problem),
  );
}
