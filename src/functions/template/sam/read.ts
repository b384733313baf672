import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { Notes } from './notes';
import type { Mapping, Position, SourceFile, Value } from './values';

/** Short forms in YAML: `!Sub` is `Fn::Sub`, but two have no prefix. */
const bareNames: ReadonlySet<string> = new Set(['Ref', 'Condition']);

/** Reads a template's text, YAML or JSON. Undefined where it is no mapping; that is noted then. */
export function readValues(text: string, file: string, notes: Notes): Mapping | undefined {
  const lines = new LineCounter();
  const source: SourceFile = { file, lines };
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const top: Position = { source, offset: 0, path: '' };
  for (const error of document.errors) {
    notes.note({ ...top, offset: error.pos[0] }, `cannot be read as YAML: ${error.message}`);
  }
  if (document.errors.length > 0) return undefined;
  const value = new Reader(document, notes).value(document.contents, top);
  if (value.kind === 'mapping') return value;
  return notes.note(top, 'the file is not a template: it has to be a mapping with Resources');
}

class Reader {
  constructor(
    private readonly document: Document.Parsed,
    private readonly notes: Notes,
  ) {}

  value(node: unknown, place: Position): Value {
    const read = this.#untagged(node, place);
    const tag = isNode(node) ? node.tag : undefined;
    if (tag === undefined || !tag.startsWith('!') || tag === '!') return read;
    const name = tag.slice(1);
    const long = bareNames.has(name) ? name : `Fn::${name}`;
    return { kind: 'mapping', place, entries: new Map([[long, read]]) };
  }

  #untagged(node: unknown, place: Position): Value {
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target !== undefined) return this.value(target, place);
      this.notes.note(place, `is *${node.source}, an anchor that is not there`);
    }
    if (isMap(node)) return { kind: 'mapping', place, entries: this.#entries(node.items, place) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.value(item, {
          ...place,
          offset: offsetOf(item) ?? place.offset,
          path: `${place.path}[${index}]`,
        }),
      );
      return { kind: 'list', place, items };
    }
    if (!isScalar(node) || node.value === null) return { kind: 'scalar', place, text: undefined };
    // `1.10` stays what it says, and so does `0755`.
    const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    return { kind: 'scalar', place, text };
  }

  #entries(items: readonly Pair[], place: Position): Map<string, Value> {
    const own = new Map<string, Value>();
    const merged: Mapping[] = [];
    for (const { key, value } of items) {
      const name = isScalar(key) ? String(key.source ?? key.value) : '?';
      const at: Position = {
        ...place,
        offset: offsetOf(key) ?? place.offset,
        path: place.path === '' ? name : `${place.path}.${name}`,
      };
      const read = this.value(value, at);
      if (name === '<<') merged.push(...(read.kind === 'list' ? read.items : [read]).filter(isMapping));
      else if (own.has(name)) this.notes.note(at, 'is there twice; leave one of them out');
      else own.set(name, read);
    }
    for (const { entries } of merged) {
      for (const [name, value] of entries) if (!own.has(name)) own.set(name, value);
    }
    return own;
  }
}

function isMapping(value: Value): value is Mapping {
  return value.kind === 'mapping';
}

function isNode(value: unknown): value is Node & { readonly tag?: string } {
  return isScalar(value) || isMap(value) || isSeq(value);
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) || isAlias(node) ? node.range?.[0] : undefined;
}
