import { integer, type Kind } from '../../lib/kinds';
import type { TemplateReader } from './reader';
import type { Field } from './value-reader';

/** Numbers of spare sandboxes. */
export interface SpareCounts {
  /** Maximum of all spares together. */
  readonly total: number;
  /** Minimums by runtime identifier or function name. */
  readonly minimum: Readonly<Record<string, number>>;
}

export const defaultSpares = 10;
const spareCount = integer(0, 100);

/** Reads a total, or minimums as `NAME=COUNT` separated by commas. */
export const spareCounts: Kind<SpareCounts> = {
  type: 'number',
  rule: `${spareCount.rule}, or counts by runtime or function such as python3.13=4,hello=2`,
  read(written) {
    const total = spareCount.read(written);
    if (total !== undefined) return { total, minimum: {} };
    const minimum: Record<string, number> = {};
    for (const pair of written.split(',')) {
      const [, name, text] = /^([^=\s]+)=(\d+)$/.exec(pair) ?? [];
      const count = text === undefined ? undefined : spareCount.read(text);
      if (name === undefined || count === undefined) return undefined;
      minimum[name] = count;
    }
    return { total: defaultSpares, minimum };
  },
};

/** Reads a total or minimums from a template, where minimums can also be a mapping. */
export function readSpares(reader: TemplateReader, field: Field | undefined): SpareCounts | undefined {
  if (field?.value.kind !== 'mapping') return reader.value(field, spareCounts);
  const minimum: Record<string, number> = {};
  for (const each of reader.fields(field) ?? []) {
    const count = reader.value(each, spareCount);
    if (count !== undefined) minimum[each.key] = count;
  }
  return { total: defaultSpares, minimum };
}
