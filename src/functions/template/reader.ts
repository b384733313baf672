import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
} from 'yaml';
import type { Kind } from '../../lib/kinds';
import { nearest } from '../../lib/nearest';
import type { Problem } from './problems';

/** A key of a mapping with what stands behind it. */
export interface Field {
  readonly key: string;
  /** From the top, for people: `functions.hello.memorySize`. */
  readonly path: string;
  /** Offset in the text: of the key, or of the item in a list. */
  readonly offset: number;
  readonly node: Node | undefined;
}

/**
 * Reads a YAML text node by node and notes every problem with its place, instead of stopping at the first.
 * Each method returns undefined where it has noted one.
 */
export class TemplateReader {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #found: { offset: number; message: string }[] = [];

  constructor(text: string) {
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
    for (const error of this.#document.errors) {
      this.#found.push({ offset: error.pos[0], message: `cannot be read as YAML: ${error.message}` });
    }
  }

  /** In the order of the text. */
  get problems(): readonly Problem[] {
    return this.#found
      .toSorted((one, other) => one.offset - other.offset)
      .map(({ offset, message }) => {
        const { line, col } = this.#lines.linePos(offset);
        return { line, column: col, message };
      });
  }

  note(field: Field, message: string): undefined {
    this.#found.push({ offset: field.offset, message: `${field.path} ${message}` });
  }

  /** The whole text as a mapping; an empty text is an empty one. */
  top(): readonly Field[] | undefined {
    if (this.#found.length > 0) return undefined;
    const node = this.#document.contents;
    if (node === null || (isScalar(node) && node.value === null)) return [];
    return this.fields({ key: '', path: 'the file', offset: 0, node }, '');
  }

  /** The fields of a mapping. `<<: *anchor` is merged in; what is written out wins. */
  fields(field: Field, prefix = `${field.path}.`): readonly Field[] | undefined {
    const node = this.#resolve(field);
    if (!isMap(node)) return this.note(field, `is ${shown(node)}; it has to be a mapping of names to values`);
    const own = new Map<string, Field>();
    const merged: Field[] = [];
    for (const { key, value } of node.items) {
      const offset = offsetOf(key) ?? field.offset;
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      const item = { key: name ?? '?', path: `${prefix}${name ?? '?'}`, offset, node: asNode(value) };
      if (name === undefined) this.note(item, 'has a key that is not plain text');
      else if (name === '<<') merged.push(...this.#merged(item, prefix));
      else if (own.has(name)) this.#twice(item, own.get(name));
      else own.set(name, item);
    }
    for (const item of merged) if (!own.has(item.key)) own.set(item.key, item);
    return [...own.values()];
  }

  /** Fields by name; a name that is not among `allowed` is a problem. */
  known<K extends string>(
    fields: readonly Field[],
    allowed: readonly K[],
    where: string,
  ): Partial<Record<K, Field>> {
    const found: Partial<Record<K, Field>> = {};
    for (const field of fields) {
      const key = allowed.find((each) => each === field.key);
      if (key !== undefined) found[key] = field;
      else {
        const meant = nearest(field.key, allowed);
        const hint = meant === undefined ? `known are ${allowed.join(', ')}` : `did you mean ${meant}?`;
        this.note(field, `is not known ${where}; ${hint}`);
      }
    }
    return found;
  }

  value<T>(field: Field | undefined, kind: Kind<T>): T | undefined {
    if (field === undefined) return undefined;
    const node = this.#resolve(field);
    const read =
      isScalar(node) && typeof node.value === kind.type ? kind.read(String(node.value)) : undefined;
    return read ?? this.note(field, `is ${shown(node)}; allowed ${kind.allowed}`);
  }

  /** Text, number or truth value, as it is written. */
  written(field: Field): string | undefined {
    const node = this.#resolve(field);
    if (!isScalar(node) || node.value === null) {
      return this.note(
        field,
        `is ${shown(node)}; allowed are text, numbers, true and false ("" for an empty value)`,
      );
    }
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** The items of a list as fields of their own. */
  list(field: Field | undefined): readonly Field[] | undefined {
    if (field === undefined) return undefined;
    const node = this.#resolve(field);
    if (!isSeq(node)) return this.note(field, `is ${shown(node)}; it has to be a list`);
    return node.items.map((item, index) => ({
      key: String(index),
      path: `${field.path}[${index}]`,
      offset: offsetOf(item) ?? field.offset,
      node: asNode(item),
    }));
  }

  #resolve(field: Field): Node | undefined {
    const { node } = field;
    return isAlias(node) ? (node.resolve(this.#document) ?? node) : node;
  }

  #merged(field: Field, prefix: string): readonly Field[] {
    const node = this.#resolve(field);
    const sources = isSeq(node) ? (this.list(field) ?? []) : [field];
    return sources.flatMap((source) => this.fields(source, prefix) ?? []);
  }

  #twice(field: Field, first: Field | undefined): void {
    const line = this.#lines.linePos(first?.offset ?? 0).line;
    this.note(field, `is there twice; the first is in line ${line}`);
  }
}

function asNode(value: unknown): Node | undefined {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined;
}

function offsetOf(node: unknown): number | undefined {
  return asNode(node)?.range?.[0];
}

/** A value for a sentence: `64`, `"abc"`, `empty`, `a list`. */
function shown(node: Node | undefined): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return `*${node.source}, an anchor that is not there`;
  if (!isScalar(node) || node.value === null) return 'empty';
  const text = node.source ?? String(node.value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return typeof node.value === 'string' && node.type !== Scalar.PLAIN ? JSON.stringify(short) : short;
}
