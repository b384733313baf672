import { basename } from 'node:path';
import { integer, oneOf } from '../../lib/kinds';
import {
  type ColdDelay,
  type DelayDistribution,
  delayPresets,
  longestDelayMs,
  type StartSettings,
} from '../start-settings';
import type { Field, ValueReader } from './value-reader';

const spareCount = integer(0, 100);
const seconds = integer(1, 86_400, 'seconds');
const milliseconds = integer(0, longestDelayMs, 'milliseconds');
const presets = Object.keys(delayPresets) as (keyof typeof delayPresets)[];
const preset = oneOf(...presets);

/** Reads a function's `starts`: `spares`, `idleTimeout` in seconds and `coldDelay`. */
export function readStarts(reader: ValueReader, field: Field | undefined): StartSettings | undefined {
  if (field === undefined) return undefined;
  const fields = reader.known(
    reader.fields(field) ?? [],
    ['spares', 'idleTimeout', 'coldDelay'] as const,
    'in starts',
  );
  const spares = reader.value(fields.spares, spareCount);
  const idleTimeout = reader.value(fields.idleTimeout, seconds);
  const coldDelay = readDelay(reader, fields.coldDelay);
  return {
    ...(spares !== undefined && { spares }),
    ...(idleTimeout !== undefined && { idleTimeoutMs: idleTimeout * 1_000 }),
    ...(coldDelay !== undefined && { coldDelay }),
  };
}

/** Reads milliseconds, the name of a preset, or a mapping with one distribution. */
function readDelay(reader: ValueReader, field: Field | undefined): ColdDelay | undefined {
  if (field === undefined) return undefined;
  if (field.value.kind === 'scalar' && field.value.type === 'string') {
    const name = reader.value(field, preset);
    return name && delayPresets[name];
  }
  const source = `coldDelay in ${basename(field.value.place.source.file)}`;
  if (field.value.kind !== 'mapping') {
    const ms = reader.value(field, milliseconds);
    return ms === undefined ? undefined : { distribution: { kind: 'constant', ms }, source };
  }
  const distribution = readDistribution(reader, field);
  return distribution && { distribution, source };
}

function readDistribution(reader: ValueReader, field: Field): DelayDistribution | undefined {
  const kinds = ['uniform', 'normal', 'lognormal'] as const;
  const found = reader.known(reader.fields(field) ?? [], kinds, 'in coldDelay');
  const [kind, ...more] = kinds.filter((each) => found[each] !== undefined);
  if (kind === undefined || more.length > 0)
    return reader.note(field, `must have one of ${kinds.join(', ')}`);
  const figures = (one: string, other: string) => {
    const fields = reader.known(reader.fields(found[kind] as Field) ?? [], [one, other], `in ${kind}`);
    const [first, second] = [
      reader.value(fields[one], milliseconds),
      reader.value(fields[other], milliseconds),
    ];
    if (fields[one] === undefined || fields[other] === undefined)
      return reader.note(found[kind] as Field, `must have ${one} and ${other}, in milliseconds`);
    return first === undefined || second === undefined ? undefined : ([first, second] as const);
  };
  if (kind === 'uniform') {
    const read = figures('min', 'max');
    if (read && read[0] > read[1]) return reader.note(found[kind] as Field, 'must have a min of at most max');
    return read && { kind, minMs: read[0], maxMs: read[1] };
  }
  if (kind === 'normal') {
    const read = figures('mean', 'deviation');
    return read && { kind, meanMs: read[0], deviationMs: read[1] };
  }
  const read = figures('median', 'p99');
  if (read && (read[0] === 0 || read[0] > read[1]))
    return reader.note(found[kind] as Field, 'must have a median above 0 and of at most p99');
  return read && { kind, medianMs: read[0], p99Ms: read[1] };
}
