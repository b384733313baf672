import { errnoOf } from '../../../lib/errno';
import type { Notes } from '../notes';
import { readValues } from '../read-values';
import { readTextFile } from '../text-file';
import type { Mapping } from '../values';
import type { Project } from './project';

/** Reads a template's text. Undefined if it is not a mapping, which is noted. */
export function readMapping(text: string, file: string, notes: Notes): Mapping | undefined {
  const value = readValues(text, file, notes, '1.1');
  if (value === undefined || value.kind === 'mapping') return value;
  return notes.note(
    { ...value.place, offset: 0 },
    'the file is not a template: it has to be a mapping with Resources',
  );
}

/** Reads a mapping from another file. */
export function readMappingFile(
  file: string,
  project: Project,
  note: (problem: string) => undefined,
): Mapping | undefined {
  try {
    const text = readTextFile(file);
    project.files.push(file);
    return readMapping(text, file, project.notes);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return note(`is ${file}, which cannot be read (${code}). Name a template that is there`);
  }
}
