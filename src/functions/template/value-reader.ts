import { type Kind, violation } from '../../lib/kinds';
import { nearest } from '../../lib/text/nearest';
import type { Notes } from './notes';
import type { Value } from './values';

/** A key of a mapping or an index of a list, with its value. */
export interface Field {
  readonly key: string;
  readonly value: Value;
}

/** Reads fields of a template. Each method returns undefined if it has noted a problem. */
export class ValueReader {
  constructor(protected readonly notes: Notes) {}

  note({ value }: Field, message: string): undefined {
    return this.notes.note(value.place, message);
  }

  warn({ value }: Field, message: string): undefined {
    return this.notes.warn(value.place, message);
  }

  fields(field: Field): readonly Field[] | undefined {
    const { value } = field;
    if (value.kind === 'mapping') return [...value.entries].map(([key, each]) => ({ key, value: each }));
    return this.note(field, `must be a mapping of names to values, got ${asWritten(value)}`);
  }

  /** Returns the fields by name. Notes a problem for a name that is not in `allowed`. */
  known<K extends string>(
    fields: readonly Field[],
    allowed: readonly K[],
    where: string,
  ): Partial<Record<K, Field>> {
    const found: Partial<Record<K, Field>> = {};
    for (const field of fields) {
      const key = allowed.find((each) => each === field.key);
      if (key !== undefined) found[key] = field;
      else {
        const meant = nearest(field.key, allowed);
        const hint = meant === undefined ? `Known are ${allowed.join(', ')}.` : `Did you mean ${meant}?`;
        this.note(field, `is not known ${where}. ${hint}`);
      }
    }
    return found;
  }

  value<T>(field: Field | undefined, kind: Kind<T>): T | undefined {
    if (field === undefined) return undefined;
    const { value } = field;
    const read =
      value.kind === 'scalar' && value.type === kind.type ? kind.read(value.text ?? '') : undefined;
    return read ?? this.note(field, violation(kind, asWritten(value)));
  }

  /** The source text of a text, number or boolean. */
  written(field: Field): string | undefined {
    const { value } = field;
    if (value.kind === 'scalar' && value.text !== undefined) return value.text;
    return this.note(
      field,
      `must be text, a number, true or false, got ${asWritten(value)}. Write "" for an empty value.`,
    );
  }

  /** The items of a list, each as a field. */
  list(field: Field | undefined): readonly Field[] | undefined {
    if (field === undefined) return undefined;
    const { value } = field;
    if (value.kind === 'list') return value.items.map((item, index) => ({ key: String(index), value: item }));
    return this.note(field, `must be a list, got ${asWritten(value)}`);
  }
}

/** Formats a value for a message: `64`, `"abc"`, `empty`, `a list`. */
export function asWritten(value: Value): string {
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  const { text, isQuoted } = value;
  if (text === undefined) return 'empty';
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return isQuoted ? JSON.stringify(short) : short;
}
