/**
 * The shape of an operation's input: type, bounds, pattern and enumeration of each member, from the service model.
 * Both the validation and the TypeScript type are derived from it.
 */
export type Shape =
  | TextShape
  | NumberShape
  | BooleanShape
  | TimeShape
  | BytesShape
  | ListShape
  | MapShape
  | StructureShape;

export interface TextShape<T extends string = string> {
  readonly kind: 'text';
  /** Characters. */
  readonly min?: number;
  /** Characters. */
  readonly max?: number;
  /** A regular expression that must match the whole text. */
  readonly pattern?: string;
  /** In the order of the service's errors. */
  readonly values?: readonly T[];
  /** Text that the service's errors have instead of the pattern or the values, as recorded. */
  readonly recorded?: string;
  /** Whether errors report the pattern before the length. */
  readonly patternFirst?: boolean;
  /** Whether errors omit the value. */
  readonly sensitive?: boolean;
}

export interface NumberShape {
  readonly kind: 'number';
  readonly whole: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape {
  readonly kind: 'boolean';
}

/** Seconds since the epoch, with a fraction. */
export interface TimeShape {
  readonly kind: 'time';
}

export interface BytesShape {
  readonly kind: 'bytes';
}

export interface ListShape<S = unknown> {
  readonly kind: 'list';
  readonly member: S;
  /** Members. */
  readonly min?: number;
  /** Members. */
  readonly max?: number;
  /** Whether errors omit that a member must not be null. */
  readonly sparse?: boolean;
}

export interface MapShape<V = unknown> {
  readonly kind: 'map';
  readonly key: TextShape;
  readonly value: V;
  /** Entries. */
  readonly min?: number;
  /** Entries. */
  readonly max?: number;
  readonly sensitive?: boolean;
}

export interface StructureShape<M = Members> {
  readonly kind: 'structure';
  readonly members: M;
}

/** The part of the request that holds a member. `payload` is the whole body as bytes. */
export type Location = 'path' | 'query' | 'header' | 'body' | 'payload';

/** A member that is required, is not in the body, or has other special rules. */
export interface Member<S = unknown, R extends boolean = boolean> {
  readonly kind: 'member';
  readonly shape: S;
  readonly required: R;
  readonly at: Location;
  /** Name in the request, if it differs from the member's. */
  readonly wireName?: string;
  /** Whether the operation checks the constraints itself, since it has different error messages. */
  readonly lenient?: boolean;
}

/** Members by name in the model. A bare shape is an optional member of the body. */
export type Members = Readonly<Record<string, unknown>>;

type ShapeOf<M> = M extends Member<infer S> ? S : M;

type RequiredNames<M> = { [K in keyof M]: M[K] extends Member<unknown, true> ? K : never }[keyof M];

/** The TypeScript type of a valid value of a shape. */
export type ValueOf<S> =
  S extends TextShape<infer T>
    ? T
    : S extends NumberShape | TimeShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends BytesShape
          ? Buffer
          : S extends ListShape<infer Each>
            ? readonly ValueOf<Each>[]
            : S extends MapShape<infer Each>
              ? Readonly<Record<string, ValueOf<Each>>>
              : S extends StructureShape<infer M>
                ? InputOf<M>
                : never;

export type InputOf<M> = { readonly [K in RequiredNames<M>]: ValueOf<ShapeOf<M[K]>> } & {
  readonly [K in Exclude<keyof M, RequiredNames<M>>]?: ValueOf<ShapeOf<M[K]>>;
};

type Rules<S> = Omit<S, 'kind' | 'values' | 'member' | 'key' | 'value' | 'whole'>;

export const text = (rules: Rules<TextShape> = {}): TextShape => ({ kind: 'text', ...rules });
/** Values must be in the service's order: see `docs/conformance.md`. */
export const oneOf = <const T extends string>(
  ...values: readonly T[]
): TextShape<T> & { readonly values: readonly T[] } => ({
  kind: 'text',
  values,
});
export const whole = (rules: Rules<NumberShape> = {}): NumberShape => ({
  kind: 'number',
  whole: true,
  ...rules,
});
export const fraction = (rules: Rules<NumberShape> = {}): NumberShape => ({
  kind: 'number',
  whole: false,
  ...rules,
});
export const boolean: BooleanShape = { kind: 'boolean' };
export const time: TimeShape = { kind: 'time' };
export const bytes: BytesShape = { kind: 'bytes' };
export const list = <S extends Shape>(member: S, rules: Rules<ListShape> = {}): ListShape<S> => ({
  kind: 'list',
  member,
  ...rules,
});
export const map = <V extends Shape>(key: TextShape, value: V, rules: Rules<MapShape> = {}): MapShape<V> => ({
  kind: 'map',
  key,
  value,
  ...rules,
});
export const structure = <M extends Members>(members: M): StructureShape<M> => ({
  kind: 'structure',
  members,
});

export const required = <S extends Shape>(shape: S): Member<S, true> => member(shape, 'body', true);
/** A part of the path. It is always present, since the path would not match without it. */
export const path = <S extends Shape>(shape: S): Member<S, true> => member(shape, 'path', true);
export const query = <S extends Shape>(shape: S): Member<S, false> => member(shape, 'query', false);
export const requiredQuery = <S extends Shape>(shape: S, wireName?: string): Member<S, true> =>
  member(shape, 'query', true, wireName);
export const header = <S extends Shape>(shape: S, wireName: string): Member<S, false> =>
  member(shape, 'header', false, wireName);
/** A member of the body that the service does not check against the model, as recorded. */
export const lenient = <S extends Shape>(shape: S): Member<S, false> => ({
  ...member(shape, 'body', false),
  lenient: true,
});
export const payload: Member<BytesShape, false> = member(bytes, 'payload', false);
export const requiredPayload: Member<BytesShape, true> = member(bytes, 'payload', true);

function member<S extends Shape, R extends boolean>(
  shape: S,
  at: Location,
  isRequired: R,
  wireName?: string,
): Member<S, R> {
  return { kind: 'member', shape, required: isRequired, at, ...(wireName !== undefined && { wireName }) };
}

/** A member in its full form, also if it was written as a bare shape. */
export interface PlainMember {
  readonly shape: Shape;
  readonly required: boolean;
  readonly at: Location;
  readonly wireName: string;
  readonly lenient?: boolean;
}

export function plainMembers(members: Members): readonly (readonly [string, PlainMember])[] {
  return Object.entries(members).map(([name, written]) => [
    name,
    plain(name, written as Shape | Member<Shape>),
  ]);
}

function plain(name: string, written: Shape | Member<Shape>): PlainMember {
  if (written.kind !== 'member') return { shape: written, required: false, at: 'body', wireName: name };
  return { ...written, wireName: written.wireName ?? name };
}
