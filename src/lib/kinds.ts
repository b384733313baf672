/** What may be written for a value, and how it is read from a text, wherever that comes from. */
export interface Kind<T> {
  /** What YAML and JSON call it. */
  readonly type: 'string' | 'number' | 'boolean';
  /** Ends the sentence "X is Y; allowed …". */
  readonly allowed: string;
  /** Undefined for a text that is not allowed. */
  read(text: string): T | undefined;
}

/** Whole numbers from `min` to `max`, both included; `unit` is told in errors. */
export function integer(min: number, max: number, unit?: string): Kind<number> {
  return {
    type: 'number',
    allowed: `are ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`,
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    type: 'string',
    allowed: `are ${values.join(', ')}`,
    read: (text) => values.find((value) => value === text),
  };
}

/** Text that `accepts` takes; `allowed` ends the sentence "X is Y; allowed …". */
export function text(allowed: string, accepts: (text: string) => boolean): Kind<string> {
  return { type: 'string', allowed, read: (value) => (accepts(value) ? value : undefined) };
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export const trueOrFalse: Kind<boolean> = {
  type: 'boolean',
  allowed: 'are true, false',
  read: (value) => truths.get(value.toLowerCase()),
};
