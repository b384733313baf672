import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Mapping, mappingOf, movedTo, type Position, type Value } from '../values';
import { evaluated } from './intrinsics/intrinsics';
import type { EvaluationScope } from './intrinsics/scope';
import { openTemplate } from './nested';
import type { OtherStack, Project } from './project';

const template = /^(.+)\.template\.(?:json|ya?ml)$/;

/**
 * Opens the other stacks of a CDK application, whose templates are next to `file`. Drops their notes: these stacks are
 * not hosted.
 */
export function openOthers(
  file: string,
  project: Project,
  open: (template: Mapping, file: string, stack: string) => OtherStack,
): readonly OtherStack[] {
  if (!template.test(basename(file))) return [];
  const folder = dirname(file);
  return readdirSync(folder).flatMap((name) => {
    const stack = template.exec(name)?.[1];
    if (stack === undefined || name === basename(file) || name.includes('.nested.')) return [];
    const { value } = project.notes.capture(() => {
      const other = openTemplate(join(folder, name), project, () => undefined);
      return other && open(other, join(folder, name), stack);
    });
    return value ?? [];
  });
}

/** The value of the output with this export name. */
export function exportedOutput(
  outputs: Mapping | undefined,
  name: string,
  place: Position,
  scope: EvaluationScope,
): Value | undefined {
  for (const output of outputs?.entries.values() ?? []) {
    const exported = mappingOf(mappingOf(output)?.entries.get('Export'));
    const named = evaluated(exported?.entries.get('Name'), scope);
    if (named?.kind !== 'scalar' || named.text !== name) continue;
    const value = evaluated(mappingOf(output)?.entries.get('Value'), scope);
    return value && movedTo(place, value);
  }
  return undefined;
}
