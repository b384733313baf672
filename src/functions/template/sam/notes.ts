import type { Problem } from '../problems';
import type { Position } from './values';

/** Every problem of a template and those nested in it, each once: what comes from Globals concerns many. */
export class Notes {
  readonly #found = new Map<string, Problem & { readonly file: string; readonly offset: number }>();

  note(place: Position, message: string): undefined {
    const { source, offset, path } = place;
    const { line, col } = source.lines.linePos(offset);
    const whole = path === '' ? message : `${path} ${message}`;
    this.#put({ file: source.file, offset, line, column: col, message: whole });
  }

  /** About a file as a whole, or about what came with the command. */
  noteFile(file: string, message: string): undefined {
    this.#put({ file, offset: -1, message });
  }

  /** File by file, in the order of the text. */
  get problems(): readonly Problem[] {
    const files = [...new Set([...this.#found.values()].map(({ file }) => file))];
    return files.flatMap((file) =>
      [...this.#found.values()]
        .filter((each) => each.file === file)
        .sort((one, other) => one.offset - other.offset)
        .map(({ offset: _, ...problem }) => problem),
    );
  }

  #put(problem: Problem & { readonly file: string; readonly offset: number }): void {
    const key = `${problem.file} ${problem.offset} ${problem.message}`;
    if (!this.#found.has(key)) this.#found.set(key, problem);
  }
}
