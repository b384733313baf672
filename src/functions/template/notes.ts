import type { Problem } from './problems';
import type { Position } from './values';

type Note = Problem & { readonly file: string; readonly offset: number };

/** Every problem and warning of a template and those nested in it, each once: Globals concern many functions. */
export class Notes {
  readonly #problems = new Map<string, Note>();
  readonly #warnings = new Map<string, Note>();

  note(place: Position, message: string): undefined {
    put(this.#problems, at(place, message));
  }

  /** About something that does not stop lambdock. */
  warn(place: Position, message: string): undefined {
    put(this.#warnings, at(place, message));
  }

  /** About a file as a whole, or about what came with the command. */
  noteFile(file: string, message: string): undefined {
    put(this.#problems, { file, offset: -1, message });
  }

  /** File by file, in the order of the text. */
  get problems(): readonly Problem[] {
    return sorted(this.#problems);
  }

  get warnings(): readonly Problem[] {
    return sorted(this.#warnings);
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

function put(notes: Map<string, Note>, note: Note): undefined {
  const key = `${note.file} ${note.offset} ${note.message}`;
  if (!notes.has(key)) notes.set(key, note);
}

function sorted(notes: ReadonlyMap<string, Note>): readonly Problem[] {
  const files = [...new Set([...notes.values()].map(({ file }) => file))];
  return files.flatMap((file) =>
    [...notes.values()]
      .filter((each) => each.file === file)
      .sort((one, other) => one.offset - other.offset)
      .map(({ offset: _, ...problem }) => problem),
  );
}
