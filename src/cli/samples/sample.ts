/** An option of a sample event, `--NAME <value>`. */
export interface SampleOption {
  readonly help: string;
  readonly default: string;
  /** Ends the sentence "--NAME …" if a value is not allowed. */
  readonly problemOf?: (value: string) => string | undefined;
}

/** Input of a sample besides its options. */
export interface SampleContext {
  readonly now: Date;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** A random UUID; each call returns another one. */
  readonly id: () => string;
}

/** A kind of event that `lambdock event` prints. Shapes are those of AWS's developer guides. */
export interface Sample<Names extends string = string> {
  readonly title: string;
  readonly options: Readonly<Record<Names, SampleOption>>;
  make(values: Readonly<Record<Names, string>>, context: SampleContext): unknown;
}

/** Keeps the names of a sample's options in its type. */
export function sample<Names extends string>(definition: Sample<Names>): Sample {
  return definition as Sample;
}

export const option = (help: string, value: string, problemOf?: SampleOption['problemOf']): SampleOption => ({
  help,
  default: value,
  ...(problemOf && { problemOf }),
});

/** For `problemOf`: a whole number within limits. */
export const wholeNumber = (min: number, max: number) => (value: string) =>
  /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max
    ? undefined
    : `must be a whole number, ${min} to ${max}`;

/** For `problemOf`: one of a few words. */
export const oneOf =
  (...words: readonly string[]) =>
  (value: string) =>
    words.includes(value) ? undefined : `must be ${words.join(' or ')}`;

/** For `problemOf`: a JSON object. */
export function jsonObject(value: string): string | undefined {
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return undefined;
  } catch {
    // Said below.
  }
  return 'must be a JSON object such as \'{"id":1}\'';
}
