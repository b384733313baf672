import type { Notes } from '../notes';
import { readValues } from '../read-values';
import type { Mapping } from '../values';

/** A template's text. Undefined where it is not a mapping, which is noted. */
export function readMapping(text: string, file: string, notes: Notes): Mapping | undefined {
  const value = readValues(text, file, notes, '1.1');
  if (value === undefined || value.kind === 'mapping') return value;
  return notes.note(
    { ...value.place, offset: 0 },
    'the file is not a template: it has to be a mapping with Resources',
  );
}
