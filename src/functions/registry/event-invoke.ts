import type { Database } from '../../lib/database';
import { Documents } from './state';

/** ARNs of the destinations of invocation records. */
export interface Destinations {
  readonly OnSuccess?: { readonly Destination?: string };
  readonly OnFailure?: { readonly Destination?: string };
}

/** Settings of asynchronous invocations of a version or alias. */
export interface EventInvokeConfig {
  readonly qualifier: string;
  readonly lastModifiedMs: number;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig: Destinations;
}

/** Keys are `NAME:QUALIFIER`; the qualifier of the function itself is `$LATEST`. */
export function eventInvokeConfigs(database: Database): Documents<EventInvokeConfig> {
  return new Documents<EventInvokeConfig>(database, 'event-invoke-config');
}
