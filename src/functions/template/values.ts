export interface SourceFile {
  /** Absolute path. */
  readonly file: string;
  /** Both from 1. */
  position(offset: number): { readonly line: number; readonly column: number };
}

/** Where in a template something is written. */
export interface Position {
  readonly source: SourceFile;
  /** In the text: of the key, or of the item in a list. */
  readonly offset: number;
  /** From the top, for people: `Resources.Hello.Properties.MemorySize`. */
  readonly path: string;
}

/** What a file holds. CloudFormation makes text of every number and truth value, so each scalar has its text. */
export type Value = Scalar | List | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly place: Position;
  /** Undefined where nothing is written. */
  readonly text: string | undefined;
  /** What YAML takes it for. */
  readonly type: 'string' | 'number' | 'boolean' | 'empty';
  readonly isQuoted?: true;
}

export interface List {
  readonly kind: 'list';
  readonly place: Position;
  readonly items: readonly Value[];
}

/** A call of an intrinsic function is a mapping with its one long name, however it was written. */
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

/** The same at another place: problems of what a reference stands for are noted at the reference. */
export function movedTo(place: Position, value: Value): Value {
  return { ...value, place };
}

/** For a sentence: `64`, `empty`, `a list`. */
export function shown(value: Value | undefined): string {
  if (value === undefined) return 'not there';
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  const { text } = value;
  if (text === undefined || text === '') return 'empty';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** As JSON has it, all scalars as text. */
export function plain(value: Value): unknown {
  if (value.kind === 'scalar') return value.text ?? null;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries([...value.entries].map(([key, each]) => [key, plain(each)]));
}
