import { type ListShape, type Members, plainMembers, type Shape, type TextShape } from '../aws/shape';

/** Each constraint that a value breaks as one part of AWS's sentence, in the order of the members. */
export function brokenConstraints(
  members: Members,
  values: Readonly<Record<string, unknown>>,
  prefix = '',
): string[] {
  return plainMembers(members).flatMap(([name, { shape, required, lenient }]) => {
    const place = `${prefix}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const value = values[name];
    if (lenient) return [];
    if (value !== undefined) return broken(shape, value, place);
    return required ? [`Value null at '${place}' failed to satisfy constraint: Member must not be null`] : [];
  });
}

function broken(shape: Shape, value: unknown, place: string): string[] {
  const failed = (rule: string) =>
    `Value${isSensitive(shape) ? '' : ` '${shown(value, shape)}'`} at '${place}' failed to satisfy constraint: ${rule}`;
  switch (shape.kind) {
    case 'text':
      return brokenTextRules(shape, String(value)).map(failed);
    case 'number':
      return [
        ...(Number(value) < (shape.min ?? Number.NEGATIVE_INFINITY)
          ? [atLeast('value', bound(shape, shape.min))]
          : []),
        ...(Number(value) > (shape.max ?? Number.POSITIVE_INFINITY)
          ? [atMost('value', bound(shape, shape.max))]
          : []),
      ].map(failed);
    case 'list': {
      const items = value as readonly unknown[];
      return [...sizeRules(shape, items.length).map(failed), ...brokenItems(shape, items, place, failed)];
    }
    case 'map': {
      const entries = Object.entries(value as Readonly<Record<string, unknown>>);
      const keys = entries.some(([key]) => brokenTextRules(shape.key, key).length > 0);
      const values = entries.map(([, each]) => each);
      const valueRules = allRules(shape.value as Shape);
      const badValues = values.some((each) => breaks(shape.value as Shape, each));
      return [
        ...sizeRules(shape, entries.length),
        ...(keys ? [`Map keys must satisfy constraint: [${rulesOf(shape.key).join(', ')}]`] : []),
        ...(badValues ? [`Map value must satisfy constraint: [${valueRules.join(', ')}]`] : []),
      ].map(failed);
    }
    case 'structure':
      return brokenConstraints(shape.members, value as Readonly<Record<string, unknown>>, `${place}.`);
    default:
      return [];
  }
}

/** Scalars of a list are reported once, with all their rules; structures one by one, counted from 1. */
function brokenItems(
  { member: memberShape, sparse }: ListShape,
  items: readonly unknown[],
  place: string,
  failed: (rule: string) => string,
): string[] {
  const member = memberShape as Shape;
  if (member.kind === 'structure') {
    return items.flatMap((each, index) => broken(member, each ?? {}, `${place}.${index + 1}.member`));
  }
  const rules = sparse ? rulesOf(member) : allRules(member);
  return items.some((each) => breaks(member, each))
    ? [failed(`Member must satisfy constraint: [${rules.join(', ')}]`)]
    : [];
}

const breaks = (shape: Shape, value: unknown) => value === null || broken(shape, value, '').length > 0;

function brokenTextRules(shape: TextShape, value: string): string[] {
  const { values, pattern, recorded, patternFirst } = shape;
  const sizes = sizeRules(shape, value.length);
  return [
    ...(patternFirst ? [] : sizes),
    ...(pattern !== undefined && !whole(pattern).test(value) ? [matching(recorded ?? pattern)] : []),
    ...(patternFirst ? sizes : []),
    ...(values !== undefined && !values.includes(value) ? [among(recorded ?? values.join(', '))] : []),
  ];
}

function sizeRules({ min = 0, max = Number.POSITIVE_INFINITY }: Sized, size: number): string[] {
  return [...(size < min ? [atLeast('length', min)] : []), ...(size > max ? [atMost('length', max)] : [])];
}

interface Sized {
  readonly min?: number;
  readonly max?: number;
}

/** Everything that a member of a list, or a value of a map, must satisfy, in the service's order. */
const allRules = (shape: Shape) => [...rulesOf(shape), 'Member must not be null'];

/** The same for a key of a map, which cannot be null. */
function rulesOf(shape: Shape): string[] {
  if (shape.kind !== 'text' && shape.kind !== 'number') return [];
  const what = shape.kind === 'text' ? 'length' : 'value';
  const { min, max } = shape;
  const { pattern, values, recorded }: Partial<TextShape> = shape.kind === 'text' ? shape : {};
  return [
    ...(max !== undefined ? [atMost(what, bound(shape, max))] : []),
    ...(min !== undefined ? [atLeast(what, bound(shape, min))] : []),
    ...(pattern !== undefined ? [matching(recorded ?? pattern)] : []),
    ...(values !== undefined ? [among(recorded ?? values.join(', '))] : []),
  ];
}

const atLeast = (what: string, least: number | string | undefined) =>
  `Member must have ${what} greater than or equal to ${least}`;
const atMost = (what: string, most: number | string | undefined) =>
  `Member must have ${what} less than or equal to ${most}`;
const matching = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;
const among = (values: string) => `Member must satisfy enum value set: [${values}]`;

const isFraction = (shape: Shape | undefined) => shape?.kind === 'number' && !shape.whole;

const bound = (shape: Shape, value: number | undefined) =>
  value !== undefined && isFraction(shape) ? shown(value, shape) : value;

const compiled = new Map<string, RegExp>();

function whole(pattern: string): RegExp {
  // The other patterns have classes that the Unicode mode refuses.
  const known = compiled.get(pattern) ?? new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '');
  compiled.set(pattern, known);
  return known;
}

const isSensitive = (shape: Shape) => (shape.kind === 'text' || shape.kind === 'map') && shape.sensitive;

/** Writes values like Java: a fractional type has a decimal point even for whole numbers. */
function shown(value: unknown, shape?: Shape): string {
  if (Array.isArray(value)) {
    const member = shape?.kind === 'list' ? (shape.member as Shape) : undefined;
    return `[${value.map((each) => shown(each, member)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const of = shape?.kind === 'map' ? (shape.value as Shape) : undefined;
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}=${shown(each, of)}`)
      .join(', ')}}`;
  }
  return isFraction(shape) && Number.isInteger(value) ? `${value}.0` : String(value);
}
