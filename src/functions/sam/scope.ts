import type { Notes } from './notes';
import type { Mapping, Place, Value } from './values';

/** What the functions of a template look things up in. Each notes what it does not find, and gives undefined. */
export interface Scope {
  readonly notes: Notes;
  readonly region: string;
  readonly mappings: Mapping | undefined;
  /** A parameter, a pseudo parameter or a resource. `none`: `AWS::NoValue`. */
  reference(name: string, place: Place): Value | 'none' | undefined;
  attribute(logicalId: string, attribute: string, place: Place): Value | undefined;
  /** Of the section `Conditions`, by name. */
  condition(name: string, place: Place): boolean;
}
