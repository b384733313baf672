import type { Notes } from '../../notes';
import type { Mapping, Position, Value } from '../../values';

/** What the functions of a template look things up in. Each notes what it does not find, and gives undefined. */
export interface EvaluationScope {
  readonly notes: Notes;
  readonly region: string;
  readonly mappings: Mapping | undefined;
  /** A parameter, a pseudo parameter or a resource. `none`: `AWS::NoValue`. */
  reference(name: string, place: Position): Value | 'none' | undefined;
  attribute(logicalId: string, attribute: string, place: Position): Value | undefined;
  /** What was given for an export of another stack, or what a stack beside this one exports. */
  importedValue(name: string, place: Position): Value | undefined;
  /** Of the section `Conditions`, by name. */
  condition(name: string, place: Position): boolean;
}
