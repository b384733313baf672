import { type List, type Mapping, type Position, shown, type Value } from '../../values';
import { evaluated } from './intrinsics';
import type { EvaluationScope } from './scope';

const prefix = 'Fn::ForEach::';

/**
 * Replaces each `Fn::ForEach` with the entries that it generates, in the order of its collection:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
export function unrolled(value: Value, scope: EvaluationScope): Value {
  if (value.kind === 'scalar') return value;
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => unrolled(item, scope)) };
  const entries = [...value.entries].flatMap(([name, each]): (readonly [string, Value])[] => {
    if (!name.startsWith(prefix)) return [[name, unrolled(each, scope)]];
    return turns(each, scope).flatMap((turn) => [...turn.entries]);
  });
  return { ...value, entries: new Map(entries) };
}

/** The entries that a loop generates for each item of its collection. */
function turns(loop: Value, scope: EvaluationScope): readonly Mapping[] {
  const [identifier, collection, fragment] = loop.kind === 'list' ? loop.items : [];
  if (identifier?.kind !== 'scalar' || collection === undefined || fragment?.kind !== 'mapping') {
    const form = 'It takes a list of an identifier, a collection and a mapping';
    scope.notes.note(loop.place, `is ${shown(loop)}. ${form}`);
    return [];
  }
  const items = evaluated(collection, scope);
  if (items === undefined) return [];
  if (items.kind !== 'list') {
    scope.notes.note(collection.place, `is ${shown(items)}. The collection of a loop must be a list`);
    return [];
  }
  const name = identifier.text ?? '';
  return items.items.flatMap((item) => {
    const turn = unrolled(replaced(fragment, new Replacement(name, itemText(item))), scope);
    return turn.kind === 'mapping' ? [turn] : [];
  });
}

function itemText(item: List['items'][number]): string {
  return item.kind === 'scalar' ? (item.text ?? '') : '';
}

/** Replaces an identifier with an item of the collection. */
class Replacement {
  constructor(
    readonly identifier: string,
    readonly item: string,
  ) {}

  /** `&{Name}` removes characters that a logical id cannot have. */
  text(written: string): string {
    return written
      .replaceAll(`\${${this.identifier}}`, () => this.item)
      .replaceAll(`&{${this.identifier}}`, () => this.item.replace(/[^A-Za-z0-9]/g, ''));
  }

  place(place: Position): Position {
    return { ...place, path: this.text(place.path).replace(/Fn::ForEach::[^.[]*\[2\]\./, '') };
  }
}

function replaced(value: Value, by: Replacement): Value {
  const place = by.place(value.place);
  if (value.kind === 'list') return { ...value, place, items: value.items.map((item) => replaced(item, by)) };
  if (value.kind === 'mapping') {
    const reference = value.entries.get('Ref');
    if (value.entries.size === 1 && reference?.kind === 'scalar' && reference.text === by.identifier) {
      return { kind: 'scalar', place, text: by.item, type: 'string' };
    }
    const entries = [...value.entries].map(([name, each]) => [by.text(name), replaced(each, by)] as const);
    return { ...value, place, entries: new Map(entries) };
  }
  return value.text === undefined ? value : { ...value, place, text: by.text(value.text) };
}
