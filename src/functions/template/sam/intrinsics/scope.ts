import type { Notes } from '../../notes';
import type { Mapping, Position, Value } from '../../values';

/** Where intrinsic functions look up names. Each method notes a name that it does not find and returns undefined. */
export interface EvaluationScope {
  readonly notes: Notes;
  readonly region: string;
  readonly mappings: Mapping | undefined;
  /** The value of a parameter, pseudo parameter or resource. `none` stands for `AWS::NoValue`. */
  reference(name: string, place: Position): Value | 'none' | undefined;
  attribute(logicalId: string, attribute: string, place: Position): Value | undefined;
  /** The user's value for an export of another stack, or the value that another stack of the application exports. */
  importedValue(name: string, place: Position): Value | undefined;
  /** Evaluates a condition of the section `Conditions`. */
  condition(name: string, place: Position): boolean;
}
