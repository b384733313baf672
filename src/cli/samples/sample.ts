/** An option of a sample event, `--NAME <value>`. */
export interface SampleOption {
  readonly help: string;
  readonly default: string;
}

/** What a sample is made from besides its options. */
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

export const option = (help: string, value: string): SampleOption => ({ help, default: value });
