import { integer, type Kind } from '../../lib/kinds';
import type { TemplateReader } from './reader';
import type { Field } from './value-reader';

/** How many sandboxes are kept ready. */
export interface SpareCounts {
  /** In all, at most, for any function. */
  readonly total: number;
  /** Always, by the identifier of a runtime or the name of a function. */
  readonly minimum: Readonly<Record<string, number>>;
}

export const defaultSpares = 10;
const spareCount = integer(0, 100);

/** A total, or minimums as `NAME=COUNT`, separated by commas. */
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

/** Reads either form; in the file, minimums are a mapping. */
export function readSpares(reader: TemplateReader, field: Field | undefined): SpareCounts | undefined {
  if (field?.value.kind !== 'mapping') return reader.value(field, spareCounts);
  const minimum: Record<string, number> = {};
  for (const each of reader.fields(field) ?? []) {
    const count = reader.value(each, spareCount);
    if (count !== undefined) minimum[each.key] = count;
  }
  return { total: defaultSpares, minimum };
}
