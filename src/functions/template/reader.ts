import { findSource, functionKinds } from './function-kinds';
import { Notes } from './notes';
import type { Problem } from './problems';
import { readValues } from './read-values';
import { asWritten, type Field, ValueReader } from './value-reader';
import type { Value } from './values';

/**
 * Reads a YAML text value by value. It notes every problem with its place instead of stopping at the first.
 * Each method returns undefined if it has noted a problem.
 */
export class TemplateReader extends ValueReader {
  readonly #top: Value | undefined;

  /** @param file path that problems name */
  constructor(text: string, file: string) {
    super(new Notes());
    this.#top = readValues(text, file, this.notes);
  }

  /** In the order of the text. */
  get problems(): readonly Problem[] {
    return this.notes.problems;
  }

  get warnings(): readonly Problem[] {
    return this.notes.warnings;
  }

  /** The whole text as a mapping. An empty text is an empty mapping. */
  top(): readonly Field[] | undefined {
    const value = this.#top;
    if (value === undefined) return undefined;
    if (value.kind === 'scalar' && value.type === 'empty') return [];
    if (value.kind === 'mapping') return this.fields({ key: '', value });
    return this.notes.note(
      { ...value.place, offset: 0 },
      `the file must be a mapping of names to values, got ${asWritten(value)}`,
    );
  }
}

/** Reads the path of an existing folder or zip file. */
export function readSource(
  reader: TemplateReader,
  field: Field | undefined,
  folder: string,
): string | undefined {
  const written = reader.value(field, functionKinds.path);
  if (field === undefined || written === undefined) return undefined;
  const found = findSource(folder, written);
  return 'path' in found ? found.path : reader.note(field, found.problem);
}
