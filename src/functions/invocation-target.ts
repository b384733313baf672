import type { Scope } from './registry/state';

/** The function that a caller named. */
export interface InvocationTarget {
  readonly functionName: string;
  /** A version, an alias or `$LATEST`; absent if the caller named none. */
  readonly qualifier?: string;
  /** Account and region of the ARN, else those of the caller. */
  readonly scope: Scope;
  /** Whether the name had an account and region. */
  readonly hasScope: boolean;
}
