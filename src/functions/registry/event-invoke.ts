import type { Database } from '../../lib/database';
import { Documents } from './state';

/** ARNs of what receives the records of invocations. */
export interface Destinations {
  readonly OnSuccess?: { readonly Destination?: string };
  readonly OnFailure?: { readonly Destination?: string };
}

/** What becomes of asynchronous invocations of a version or alias. */
export interface EventInvokeConfig {
  readonly qualifier: string;
  readonly lastModifiedMs: number;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig: Destinations;
}

/** By `NAME:QUALIFIER`, where the qualifier of a function itself is `$LATEST`. */
export function eventInvokeConfigs(database: Database): Documents<EventInvokeConfig> {
  return new Documents<EventInvokeConfig>(database, 'event-invoke-config');
}
