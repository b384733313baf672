import type { Input } from '../../aws/constraints';
import type { Registry } from '../../functions/registry/registry';
import { Documents } from '../../functions/registry/state';

type Created = Input<'CreateEventSourceMapping'>;

/** A stored event source mapping: the caller's values and the defaults of its kind of source. */
export interface Mapping {
  readonly uuid: string;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly enabled: boolean;
  readonly modifiedMs: number;
  /** State that is shown for a moment after that. */
  readonly transition?: 'Creating' | 'Updating' | 'Enabling' | 'Disabling';
  readonly transitionReason: string;
  readonly settings: Omit<Created, 'FunctionName' | 'Enabled' | 'Tags'>;
}

/** By their UUIDs. They outlive their functions, as on the service. */
export const eventSourceMappings = ({ database }: Registry) =>
  new Documents<Mapping>(database, 'event-source-mapping');
