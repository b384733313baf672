import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Mapping, Value } from '../values';
import { withIncludes } from './intrinsics/includes';
import type { Project } from './project';
import type { Properties } from './properties';
import { readMappingFile } from './read-mapping';
import { metadataText, type Resource } from './resources';

/** Values that the user gives for a nested stack have priority over values that its parent passes. */
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
  const template = readMappingFile(file, project, note);
  return template && withIncludes(template, project);
}

/**
 * Path of a nested stack's template: the path in the parent, or the local copy of what the CDK or
 * `aws cloudformation package` upload. Undefined if it is not on this machine.
 */
export function nestedFile(resource: Resource, properties: Properties): string | undefined {
  const folder = dirname(resource.place.source.file);
  const asset = metadataText(resource, 'aws:asset:path');
  if (asset !== undefined) return resolve(folder, asset);
  const location = properties.get(resource.serverless ? 'Location' : 'TemplateURL');
  if (location?.kind !== 'scalar') return undefined;
  const text = location.text ?? '';
  if (!/^(https?|s3):\/\//.test(text)) return resolve(folder, text);
  const beside = resolve(folder, basename(text));
  return existsSync(beside) ? beside : undefined;
}
