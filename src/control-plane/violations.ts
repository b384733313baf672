import { type Members, plainMembers, type Shape, type TextShape } from '../aws/shape';

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
    `Value${isSensitive(shape) ? '' : ` '${shown(value)}'`} at '${place}' failed to satisfy constraint: ${rule}`;
  switch (shape.kind) {
    case 'text':
      return brokenTextRules(shape, String(value)).map(failed);
    case 'number':
      return [
        ...(Number(value) < (shape.min ?? Number.NEGATIVE_INFINITY) ? [atLeast('value', shape.min)] : []),
        ...(Number(value) > (shape.max ?? Number.POSITIVE_INFINITY) ? [atMost('value', shape.max)] : []),
      ].map(failed);
    case 'list': {
      const items = value as readonly unknown[];
      return [
        ...sizeRules(shape, items.length).map(failed),
        ...brokenItems(shape.member as Shape, items, place, failed),
      ];
    }
    case 'map': {
      const entries = Object.entries(value as Readonly<Record<string, unknown>>);
      const keys = entries.some(([key]) => brokenTextRules(shape.key, key).length > 0);
      const values = entries.map(([, each]) => each);
      const valueRules = allRules(shape.value as Shape);
      const badValues = values.some((each) => breaks(shape.value as Shape, each));
      return [
        ...sizeRules(shape, entries.length),
        ...(keys ? [`Map keys must satisfy constraint: [${allRules(shape.key).join(', ')}]`] : []),
        ...(badValues ? [`Map value must satisfy constraint: [${valueRules.join(', ')}]`] : []),
      ].map(failed);
    }
    case 'structure':
      return brokenConstraints(shape.members, value as Readonly<Record<string, unknown>>, `${place}.`);
    default:
      return [];
  }
}

/** Scalars in a list are told of once, with every rule of theirs; structures one by one, counted from 1. */
function brokenItems(
  member: Shape,
  items: readonly unknown[],
  place: string,
  failed: (rule: string) => string,
): string[] {
  if (member.kind === 'structure') {
    return items.flatMap((each, index) => broken(member, each ?? {}, `${place}.${index + 1}.member`));
  }
  const rules = allRules(member);
  return items.some((each) => breaks(member, each))
    ? [failed(`Member must satisfy constraint: [${rules.join(', ')}]`)]
    : [];
}

const breaks = (shape: Shape, value: unknown) => value === null || broken(shape, value, '').length > 0;

function brokenTextRules(shape: TextShape, value: string): string[] {
  const { values, pattern } = shape;
  return [
    ...sizeRules(shape, value.length),
    ...(pattern !== undefined && !whole(pattern).test(value) ? [matching(pattern)] : []),
    ...(values !== undefined && !values.includes(value) ? [among(values)] : []),
  ];
}

function sizeRules({ min = 0, max = Number.POSITIVE_INFINITY }: Sized, size: number): string[] {
  return [...(size < min ? [atLeast('length', min)] : []), ...(size > max ? [atMost('length', max)] : [])];
}

interface Sized {
  readonly min?: number;
  readonly max?: number;
}

/** Everything that a member of a list or map has to satisfy, in the service's order. */
function allRules(shape: Shape): string[] {
  if (shape.kind !== 'text') return ['Member must not be null'];
  const { min, max, pattern, values } = shape;
  return [
    ...(max !== undefined ? [atMost('length', max)] : []),
    ...(min !== undefined ? [atLeast('length', min)] : []),
    ...(pattern !== undefined ? [matching(pattern)] : []),
    ...(values !== undefined ? [among(values)] : []),
    'Member must not be null',
  ];
}

const atLeast = (what: string, bound: number | undefined) =>
  `Member must have ${what} greater than or equal to ${bound}`;
const atMost = (what: string, bound: number | undefined) =>
  `Member must have ${what} less than or equal to ${bound}`;
const matching = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;
const among = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`;

const compiled = new Map<string, RegExp>();

function whole(pattern: string): RegExp {
  // The other patterns have classes that the Unicode mode refuses.
  const known = compiled.get(pattern) ?? new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '');
  compiled.set(pattern, known);
  return known;
}

const isSensitive = (shape: Shape) => (shape.kind === 'text' || shape.kind === 'map') && shape.sensitive;

/** As Java writes values. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}=${shown(each)}`)
      .join(', ')}}`;
  }
  return String(value);
}
