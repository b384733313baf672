import { isDeepStrictEqual } from 'node:util';
import { type Position, plain, type Value } from '../../values';
import type { EvaluationScope } from './scope';

type Evaluate = (value: Value | undefined, scope: EvaluationScope) => Value | undefined;

/**
 * Evaluates a condition: a name, or `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` or `Condition`. An invalid condition
 * is noted and is false.
 */
export function conditionHolds(value: Value, scope: EvaluationScope, evaluate: Evaluate): boolean {
  const { place } = value;
  if (value.kind === 'scalar') return scope.condition(value.text ?? '', place);
  const [[name, argument] = []] = value.kind === 'mapping' ? value.entries : [];
  if (name === 'Condition' && argument?.kind === 'scalar') return scope.condition(argument.text ?? '', place);
  const items = argument?.kind === 'list' ? argument.items : [];
  const holds = (item: Value) => conditionHolds(item, scope, evaluate);
  if (name === 'Fn::Equals' && items.length === 2) {
    const [one, other] = items.map((item) => evaluate(item, scope));
    return isDeepStrictEqual(one && plain(one), other && plain(other));
  }
  if (name === 'Fn::And') return items.every(holds);
  if (name === 'Fn::Or') return items.some(holds);
  if (name === 'Fn::Not' && items[0] !== undefined) return !holds(items[0]);
  return unreadable(scope, place);
}

function unreadable(scope: EvaluationScope, place: Position): false {
  scope.notes.note(place, 'is not a condition. Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition.');
  return false;
}
