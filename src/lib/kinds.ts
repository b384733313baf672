import { nearest } from './text/nearest';

/** A kind of value: its rule, and how it is parsed from a text of any source. */
export interface Kind<T> {
  /** Its type in YAML and JSON. */
  readonly type: 'string' | 'number' | 'boolean';
  /** Follows the value's name in a message: `must be between 1 and 5`. */
  readonly rule: string;
  /** All allowed words, if there are only a few. */
  readonly words?: readonly string[];
  /** Undefined for a text that breaks the rule. */
  read(text: string): T | undefined;
}

/** The message's text after the value's name: `must be between 1 and 5, got 6`. */
export function violation({ rule, words = [] }: Kind<unknown>, written: string): string {
  const meant = words.includes(written) ? undefined : nearest(written, words);
  const got = written === '' || written === 'empty' ? 'nothing' : written;
  return `${rule}, got ${got}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
}

/** Whole numbers from `min` to `max`, both included; `unit` is shown in errors. */
export function integer(min: number, max: number, unit?: string): Kind<number> {
  return {
    type: 'number',
    rule: `must be between ${min} and ${max}${unit === undefined ? '' : ` ${unit}`}`,
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    type: 'string',
    rule: `must be ${listed(values)}`,
    words: values,
    read: (text) => values.find((value) => value === text),
  };
}

/** Text that `accepts` takes; `rule` follows the value's name in messages, `words` are suggested for typing errors. */
export function text(
  rule: string,
  accepts: (text: string) => boolean,
  words: readonly string[] = [],
): Kind<string> {
  return { type: 'string', rule, words, read: (value) => (accepts(value) ? value : undefined) };
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export const trueOrFalse: Kind<boolean> = {
  type: 'boolean',
  rule: 'must be true or false',
  words: ['true', 'false'],
  read: (value) => truths.get(value.toLowerCase()),
};

function listed(values: readonly string[]): string {
  const [first = '', second = ''] = values;
  if (values.length === 1) return first;
  return values.length === 2 ? `${first} or ${second}` : `one of ${values.join(', ')}`;
}
