import { errnoOf } from '../../../lib/errno';
import { readTextFile } from '../text-file';
import type { Mapping, Value } from '../values';
import type { Project } from './project';
import { readMapping } from './read-mapping';

/** Values that were given for one nested stack go before those that its parent passes. */
export function withOwn(
  passed: ReadonlyMap<string, Value>,
  path: string,
  { context }: Project,
): ReadonlyMap<string, string | Value> {
  const own = Object.entries(context.parameters).flatMap(([name, value]): [string, string][] => {
    const inner = name.startsWith(`${path}.`) ? name.slice(path.length + 1) : '.';
    return inner.includes('.') ? [] : [[inner, value]];
  });
  return new Map<string, string | Value>([...passed, ...own]);
}

export function openTemplate(
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
