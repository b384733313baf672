export interface SourceFile {
  /** Absolute path. */
  readonly file: string;
  /** Line and column count from 1. */
  position(offset: number): { readonly line: number; readonly column: number };
}

/** A place in a template. */
export interface Position {
  readonly source: SourceFile;
  /** Offset in the text of the key or list item. */
  readonly offset: number;
  /** Path from the top, for messages: `Resources.Hello.Properties.MemorySize`. */
  readonly path: string;
}

/** A value in a file. CloudFormation turns numbers and booleans into text, so each scalar has its text. */
export type Value = Scalar | List | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly place: Position;
  /** Undefined for an empty value. */
  readonly text: string | undefined;
  /** Type in YAML. */
  readonly type: 'string' | 'number' | 'boolean' | 'empty';
  readonly isQuoted?: true;
}

export interface List {
  readonly kind: 'list';
  readonly place: Position;
  readonly items: readonly Value[];
}

/** A call of an intrinsic function is a mapping with its long name as the only key, also if written in short form. */
export interface Mapping {
  readonly kind: 'mapping';
  readonly place: Position;
  readonly entries: ReadonlyMap<string, Value>;
}

export interface Call {
  /** `Ref` or `Fn::…`. */
  readonly name: string;
  readonly argument: Value;
}

export function callOf(value: Value): Call | undefined {
  if (value.kind !== 'mapping' || value.entries.size !== 1) return undefined;
  const [[name, argument] = []] = value.entries;
  if (name === undefined || argument === undefined) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

export function scalar(text: string, place: Position): Scalar {
  return { kind: 'scalar', place, text, type: 'string' };
}

export function mappingOf(value: Value | undefined): Mapping | undefined {
  return value?.kind === 'mapping' ? value : undefined;
}

/** Moves a value to another place: problems of a referenced value are noted at the reference. */
export function movedTo(place: Position, value: Value): Value {
  return { ...value, place };
}

/** Formats a value for a message: `64`, `empty`, `a list`. */
export function shown(value: Value | undefined): string {
  if (value === undefined) return 'not there';
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  const { text } = value;
  if (text === undefined || text === '') return 'empty';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Converts to a JSON value, with all scalars as text. */
export function plain(value: Value): unknown {
  if (value.kind === 'scalar') return value.text ?? null;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries([...value.entries].map(([key, each]) => [key, plain(each)]));
}
