import type { Scope } from './registry/state';

/** The function that a caller means. */
export interface InvocationTarget {
  readonly functionName: string;
  /** A version, an alias or `$LATEST`; absent where none was named. */
  readonly qualifier?: string;
  /** Where it is: as the ARN says, else where the caller is. */
  readonly scope: Scope;
  /** Whether the name said where it is. */
  readonly hasScope: boolean;
}
