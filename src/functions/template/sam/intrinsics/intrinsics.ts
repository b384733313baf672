import { nearest } from '../../../../lib/text/nearest';
import {
  type Call,
  callOf,
  type List,
  movedTo,
  type Position,
  scalar,
  shown,
  type Value,
} from '../../values';
import { cidrBlocks } from './cidr';
import { conditionHolds } from './conditions';
import type { EvaluationScope } from './scope';

type Intrinsic = (argument: Value, scope: EvaluationScope, place: Position) => Value | undefined;

/**
 * Replaces every call of an intrinsic function with its result. Undefined for `AWS::NoValue`, or if a problem has been
 * noted.
 */
export function evaluated(value: Value | undefined, scope: EvaluationScope): Value | undefined {
  if (value === undefined || value.kind === 'scalar') return value;
  const call = callOf(value);
  if (call !== undefined) return called(call, scope, value.place);
  if (value.kind === 'list') {
    return { ...value, items: value.items.flatMap((item) => evaluated(item, scope) ?? []) };
  }
  const entries = [...value.entries].flatMap(([name, each]): [string, Value][] => {
    const read = evaluated(each, scope);
    return read === undefined ? [] : [[name, read]];
  });
  return { ...value, entries: new Map(entries) };
}

function called({ name, argument }: Call, scope: EvaluationScope, place: Position): Value | undefined {
  const intrinsic = intrinsics.get(name);
  if (intrinsic === undefined) {
    if (name === 'Fn::Transform') return scope.notes.limit(place, macroProblem(argument));
    const meant = nearest(name, [...intrinsics.keys()]);
    const hint = meant === undefined ? 'Write its result out here.' : `Did you mean ${meant}?`;
    return scope.notes.limit(place, `calls ${name}, which lambdock does not know. ${hint}`);
  }
  const result = intrinsic(argument, scope, place);
  return result && movedTo(place, result);
}

/** Ends the sentence "X …". */
function macroProblem(argument: Value): string {
  const name = argument.kind === 'mapping' ? argument.entries.get('Name') : undefined;
  const macro = name?.kind === 'scalar' ? (name.text ?? '') : '';
  return macro === 'AWS::Include'
    ? 'includes a file that is not on this machine. Name a local file in Location.'
    : `calls the macro ${macro}, which lambdock does not run. Write its result out here.`;
}

const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', ref],
  ['Fn::Sub', substitute],
  ['Fn::GetAtt', attribute],
  ['Fn::FindInMap', findInMap],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::Base64', base64],
  ['Fn::Length', length],
  ['Fn::ToJsonString', toJson],
  ['Fn::GetAZs', zones],
  ['Fn::Cidr', cidr],
  ['Fn::ImportValue', importValue],
]);

function ref(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const name = textOf(argument, scope, place, 'Ref');
  const found = name === undefined ? undefined : scope.reference(name, place);
  return found === 'none' ? undefined : found;
}

function attribute(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const parts =
    argument.kind === 'list'
      ? texts(argument, scope, place, 'Fn::GetAtt')
      : textOf(argument, scope, place, 'Fn::GetAtt')?.split('.');
  if (parts === undefined) return undefined;
  const [logicalId = '', ...rest] = parts;
  if (rest.length === 0) return scope.notes.note(place, 'calls Fn::GetAtt without an attribute');
  return scope.attribute(logicalId, rest.join('.'), place);
}

/** Replaces `${Name}` and `${Resource.Attribute}`. `${!Literal}` becomes `${Literal}`. */
function substitute(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const [template, variables] = argument.kind === 'list' ? argument.items : [argument];
  const text = textOf(template, scope, place, 'Fn::Sub');
  if (text === undefined) return undefined;
  const own = variables?.kind === 'mapping' ? variables.entries : new Map<string, Value>();
  const done = text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, inner: string) => {
    if (literal !== '') return `\${${inner}}`;
    const name = inner.trim();
    const variable = own.get(name);
    const [logicalId = '', ...rest] = name.split('.');
    const found =
      variable !== undefined
        ? evaluated(variable, scope)
        : rest.length > 0
          ? scope.attribute(logicalId, rest.join('.'), place)
          : scope.reference(name, place);
    if (found === undefined || found === 'none') return '';
    return textOf(found, scope, place, 'Fn::Sub') ?? '';
  });
  return scalar(done, place);
}

function findInMap(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const [mapName, first, second, otherwise] = argument.kind === 'list' ? argument.items : [];
  const names = [mapName, first, second].map((each) => textOf(each, scope, place, 'Fn::FindInMap'));
  if (names.includes(undefined)) return undefined;
  let found: Value | undefined = scope.mappings;
  for (const name of names) {
    found = found?.kind === 'mapping' && name !== undefined ? found.entries.get(name) : undefined;
  }
  if (found !== undefined) return evaluated(found, scope);
  const fallback = otherwise?.kind === 'mapping' ? otherwise.entries.get('DefaultValue') : undefined;
  if (fallback !== undefined) return evaluated(fallback, scope);
  // Keys are often regions, and the configured region may be missing.
  return scope.notes.limit(place, `looks up ${names.join(', ')}, which is not in Mappings. Add it there.`);
}

function join(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const two = pair(argument, scope, place, 'Fn::Join');
  if (two === undefined) return undefined;
  const [delimiter, items] = two;
  const by = textOf(delimiter, scope, place, 'Fn::Join');
  const parts = texts(items, scope, place, 'Fn::Join');
  return by === undefined || parts === undefined ? undefined : scalar(parts.join(by), place);
}

function split(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const two = pair(argument, scope, place, 'Fn::Split');
  if (two === undefined) return undefined;
  const [delimiter, source] = two;
  const by = textOf(delimiter, scope, place, 'Fn::Split');
  const text = textOf(source, scope, place, 'Fn::Split');
  if (by === undefined || text === undefined) return undefined;
  return { kind: 'list', place, items: text.split(by).map((part) => scalar(part, place)) };
}

function select(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const two = pair(argument, scope, place, 'Fn::Select');
  if (two === undefined) return undefined;
  const [position, items] = two;
  const index = textOf(position, scope, place, 'Fn::Select');
  const list = listOf(items, scope, place, 'Fn::Select');
  if (index === undefined || list === undefined) return undefined;
  const found = list.items[Number(index)];
  return found ?? scope.notes.limit(place, `selects item ${index} of a list that has ${list.items.length}`);
}

function choose(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const [condition, yes, no] = argument.kind === 'list' ? argument.items : [];
  if (condition === undefined || yes === undefined || no === undefined) {
    return scope.notes.note(place, 'calls Fn::If without a condition and two values');
  }
  return evaluated(conditionHolds(condition, scope, evaluated) ? yes : no, scope);
}

function base64(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const text = textOf(argument, scope, place, 'Fn::Base64');
  return text === undefined ? undefined : scalar(Buffer.from(text).toString('base64'), place);
}

function length(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const list = listOf(argument, scope, place, 'Fn::Length');
  return list && scalar(String(list.items.length), place);
}

function toJson(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const value = evaluated(argument, scope);
  return value && scalar(JSON.stringify(typed(value)), place);
}

/** Converts to a JSON value, with numbers and booleans. */
function typed(value: Value): unknown {
  if (value.kind === 'list') return value.items.map(typed);
  if (value.kind === 'mapping') {
    return Object.fromEntries([...value.entries].map(([key, each]) => [key, typed(each)]));
  }
  const { text, type } = value;
  return type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : (text ?? null);
}

function cidr(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const [block, count, bits] = texts(argument, scope, place, 'Fn::Cidr') ?? [];
  if (block === undefined || count === undefined) return undefined;
  const blocks = cidrBlocks(block, Number(count), bits === undefined ? undefined : Number(bits));
  if (blocks !== undefined) return { kind: 'list', place, items: blocks.map((each) => scalar(each, place)) };
  return scope.notes.limit(place, `calls Fn::Cidr with ${block}, which has no ${count} such blocks`);
}

function zones(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const asked = textOf(argument, scope, place, 'Fn::GetAZs');
  const region = asked === undefined || asked === '' ? scope.region : asked;
  return { kind: 'list', place, items: ['a', 'b', 'c'].map((zone) => scalar(region + zone, place)) };
}

function importValue(argument: Value, scope: EvaluationScope, place: Position): Value | undefined {
  const name = textOf(argument, scope, place, 'Fn::ImportValue');
  if (name === undefined) return undefined;
  const given = scope.importedValue(name, place);
  if (given === undefined) {
    scope.notes.warn(
      place,
      `imports ${name} from another stack, which is not here: its value is the name. Give its value with --parameter ${name}=VALUE.`,
    );
  }
  return given ?? scalar(name, place);
}

function pair(
  argument: Value,
  scope: EvaluationScope,
  place: Position,
  name: string,
): readonly [Value, Value] | undefined {
  const [first, second, ...more] = argument.kind === 'list' ? argument.items : [];
  if (first !== undefined && second !== undefined && more.length === 0) return [first, second];
  return scope.notes.note(place, `calls ${name} with ${shown(argument)}. It takes a list of two`);
}

function listOf(value: Value, scope: EvaluationScope, place: Position, name: string): List | undefined {
  const read = evaluated(value, scope);
  if (read === undefined || read.kind === 'list') return read;
  return scope.notes.note(place, `calls ${name} with ${shown(read)}. It takes a list there`);
}

function texts(
  value: Value,
  scope: EvaluationScope,
  place: Position,
  name: string,
): readonly string[] | undefined {
  const list = listOf(value, scope, place, name);
  return list?.items.map((item) => textOf(item, scope, place, name) ?? '');
}

function textOf(
  value: Value | undefined,
  scope: EvaluationScope,
  place: Position,
  name: string,
): string | undefined {
  const read = evaluated(value, scope);
  if (read?.kind === 'scalar') return read.text ?? '';
  // The problem has been noted already.
  if (read === undefined && value !== undefined) return undefined;
  return scope.notes.note(place, `calls ${name} with ${shown(read)}. It takes text there`);
}
