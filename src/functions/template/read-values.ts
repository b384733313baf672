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
  Scalar,
} from 'yaml';
import type { Notes } from './notes';
import type { Mapping, Position, SourceFile, Value } from './values';
import { yamlProblem } from './yaml-errors';
import { plainScalar } from './yaml-scalars';
import { relaxedText } from './yaml-text';

/** Functions without the prefix `Fn::`: `!Sub` stands for `Fn::Sub`, but `!Ref` for `Ref`. */
const bareNames: ReadonlySet<string> = new Set(['Ref', 'Condition']);

/**
 * Reads YAML or JSON, with the place of each value. Undefined if the text is not valid, which is noted.
 * @param version version of YAML for scalars without quotes
 */
export function readValues(
  text: string,
  file: string,
  notes: Notes,
  version: '1.1' | '1.2' = '1.2',
): Value | undefined {
  const { document, position } = parsed(text);
  const top: Position = { source: { file, position }, offset: 0, path: '' };
  const [error] = document.errors.toSorted((one, other) => one.pos[0] - other.pos[0]);
  // Later errors usually follow from the first.
  if (error !== undefined) return notes.note({ ...top, offset: error.pos[0] }, yamlProblem(error));
  return new Reader(document, notes, version).value(document.contents, top);
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly position: SourceFile['position'];
}

/** A start reads the same template twice: for settings and for functions. Weak, as a large template takes megabytes. */
const recent = new Map<string, WeakRef<Parsed>>();
const recentMost = 2;

function parsed(text: string): Parsed {
  const known = recent.get(text)?.deref();
  if (known !== undefined) return known;
  const result = parseAnew(text);
  recent.delete(text);
  const [oldest] = recent.keys();
  if (oldest !== undefined && recent.size === recentMost) recent.delete(oldest);
  recent.set(text, new WeakRef(result));
  return result;
}

function parseAnew(text: string): Parsed {
  const strict = parsedText(text);
  if (strict.document.errors.length === 0) return strict;
  const relaxed = relaxedText(text);
  if (relaxed.text === text) return strict;
  const { document, position } = parsedText(relaxed.text);
  return {
    document,
    position: (offset) => {
      const { line, column } = position(offset);
      return { line, column: Math.max(1, column - (relaxed.indents.get(line) ?? 0)) };
    },
  };
}

function parsedText(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return { document, position };
}

class Reader {
  /** Anchors that are being read through an alias. */
  readonly #open = new Set<unknown>();

  constructor(
    private readonly document: Document.Parsed,
    private readonly notes: Notes,
    private readonly version: '1.1' | '1.2',
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
      if (target !== undefined && !this.#open.has(target)) {
        this.#open.add(target);
        const read = this.value(target, place);
        this.#open.delete(target);
        return read;
      }
      const why = target === undefined ? `but there is no anchor &${node.source}` : 'which is part of itself';
      this.notes.note(place, `is *${node.source}, ${why}. Use quotes if it is text.`);
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
    if (this.version === '1.1' && isScalar(node) && node.type === Scalar.PLAIN && node.tag === undefined) {
      return this.#plain(node.source ?? '', place);
    }
    if (!isScalar(node) || node.value === null)
      return { kind: 'scalar', place, text: undefined, type: 'empty' };
    const { value, source, type } = node;
    // Keeps the source text, so that `1.10` and `0755` stay as written.
    const text = typeof value === 'string' ? value : (source ?? String(value));
    const kind = typeof value;
    const isQuoted = kind === 'string' && type !== Scalar.PLAIN;
    return {
      kind: 'scalar',
      place,
      text,
      type: kind === 'number' || kind === 'boolean' ? kind : 'string',
      ...(isQuoted && { isQuoted }),
    };
  }

  #plain(source: string, place: Position): Value {
    const { type, text, isSurprising } = plainScalar(source);
    if (isSurprising) {
      this.notes.warn(place, `is ${text}, as YAML 1.1 reads ${source}. Put it in quotes if it is text.`);
    }
    return { kind: 'scalar', place, text, type };
  }

  #entries(items: readonly Pair[], place: Position): Map<string, Value> {
    const own = new Map<string, Value>();
    const merged: Mapping[] = [];
    for (const { key, value } of items) {
      const named = isAlias(key) ? key.resolve(this.document) : key;
      const name = isScalar(named) ? String(named.source ?? named.value ?? '') : undefined;
      const at: Position = {
        ...place,
        offset: offsetOf(key) ?? place.offset,
        path: place.path === '' ? (name ?? '?') : `${place.path}.${name ?? '?'}`,
      };
      if (name === undefined) {
        this.notes.note(at, 'must have text as its key. Put the key in quotes.');
        continue;
      }
      if (name === '<<') {
        // The path of a merged value names the mapping that it is merged into.
        const read = this.value(value, isAlias(value) || isSeq(value) ? { ...at, path: place.path } : at);
        merged.push(...(read.kind === 'list' ? read.items : [read]).filter(isMapping));
        continue;
      }
      const first = own.get(name);
      if (first !== undefined) {
        const { line } = at.source.position(first.place.offset);
        this.notes.warn(at, `replaces the one of the same name in line ${line}. Remove one of them.`);
      }
      own.delete(name);
      own.set(name, this.value(value, at));
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
