import type { Problem } from './problems';
import type { Position } from './values';

export type Note = Problem & { readonly file: string; readonly offset: number };

/** A value with the notes that were made while it was read. */
export interface Captured<T> {
  readonly value: T;
  readonly problems: readonly Note[];
  readonly limits: readonly Note[];
  readonly warnings: readonly Note[];
}

type Severity = 'problems' | 'limits' | 'warnings';

/**
 * Notes of a template and of its nested templates, without duplicates, since Globals affect many functions. A problem
 * is a mistake. A limit is valid, but lambdock cannot host it. A warning stops nothing.
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

  /** Notes a problem of a whole file, or of the command's options. */
  noteFile(file: string, message: string): undefined {
    return this.#put('problems', { file, offset: -1, message });
  }

  warnFile(file: string, message: string): undefined {
    return this.#put('warnings', { file, offset: -1, message });
  }

  /** Collects the notes that `read` makes separately. The caller adds or drops them. */
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

  /** Turns every limit into a problem. */
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

/** Sorts by file, then by place in the text. */
function sorted(notes: readonly Note[]): readonly Problem[] {
  const files = [...new Set(notes.map(({ file }) => file))];
  return files.flatMap((file) =>
    notes
      .filter((each) => each.file === file)
      .sort((one, other) => one.offset - other.offset)
      .map(({ offset: _, ...problem }) => problem),
  );
}
