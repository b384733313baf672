import { resolve } from 'node:path';
import { Notes } from '../notes';
import type { Problem } from '../problems';
import type { Position } from '../values';
import type { WantedFunction } from '../wanted';
import type { SamContext } from './context';
import type { FoundFunction } from './found-function';
import type { Ignored } from './ignored';
import { withIncludes } from './intrinsics/includes';
import { Project } from './project';
import { readMapping } from './read-mapping';
import { Stack } from './stack';

export interface SamTemplate {
  readonly functions: readonly WantedFunction[];
  /** Absolute paths of the template, its nested templates and included files. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const templateKeys: ReadonlySet<string> = new Set(['AWSTemplateFormatVersion', 'Transform', 'Resources']);

/** Whether a file with these top-level keys is a SAM or CloudFormation template. */
export function isSamTemplate(topKeys: readonly string[]): boolean {
  return topKeys.some((key) => templateKeys.has(key));
}

/** Reads the functions and layers of a SAM or CloudFormation template and of its nested templates. */
export function readSamTemplate(text: string, file: string, context: SamContext): SamTemplate {
  const notes = new Notes();
  const path = resolve(file);
  const project = new Project(notes, context);
  project.files.push(path);
  const read = readMapping(text, path, notes);
  const template = read && withIncludes(read, project);
  if (template === undefined)
    return { functions: [], files: project.files, problems: notes.problems, warnings: [] };
  const declared = template.entries.get('Parameters');
  const known = Object.entries(context.defaults ?? {}).filter(
    ([name]) => declared?.kind === 'mapping' && declared.entries.has(name),
  );
  const given = new Map([...known, ...Object.entries(context.parameters)]);
  const stack = new Stack(template, given, project, [path]);
  stack.findLayers();
  const all = stack.functions();
  if (all.length === 0) {
    notes.warnFile(path, 'has no function of type AWS::Serverless::Function or AWS::Lambda::Function.');
  }
  const found = selected(all, context, path, notes);
  for (const { name, hint } of unknownParameters(stack, project)) {
    notes.noteFile(path, `--parameter ${name} is not a parameter of this template. ${hint}`);
  }
  for (const { problems, warnings } of found) {
    notes.add('problems', problems);
    notes.add('warnings', warnings);
  }
  const hosted = found.filter(({ value, limits }) => value !== undefined && limits.length === 0);
  const functions = hosted.flatMap(({ place, value }) => (value ? [{ place, wanted: value }] : []));
  noteTwins(functions, notes);
  const left = limitWarnings(found, notes);
  // Limits are shown as problems if they leave no function to host, or if there are other problems to fix.
  if (functions.length === 0 || notes.problems.length > 0) {
    for (const { limits } of found) notes.add('limits', limits);
    notes.escalateLimits();
  }
  return {
    functions: functions.map(({ wanted }) => wanted),
    files: project.files,
    problems: notes.problems,
    warnings: [...left, ...notes.warnings, ...ignoredWarnings(path, hosted, stack.ignored())],
  };
}

function selected(
  found: readonly FoundFunction[],
  { only }: SamContext,
  path: string,
  notes: Notes,
): readonly FoundFunction[] {
  if (only === undefined || only.length === 0) return found;
  const isNamed = (each: FoundFunction, name: string) => each.name === name || each.logicalId === name;
  for (const name of only.filter((each) => !found.some((one) => isNamed(one, each)))) {
    const names = found.map((each) => each.name).join(', ') || 'none';
    notes.noteFile(path, `--only ${name} is not a function of this template. It has ${names}`);
  }
  return found.filter((each) => only.some((name) => isNamed(each, name)));
}

function unknownParameters(stack: Stack, { stacks, imports }: Project) {
  return stack.parameters.unknown().flatMap(({ name, hint }) => {
    if (imports.has(name)) return [];
    const nested = stacks.get(name.slice(0, name.lastIndexOf('.')));
    if (nested === undefined) return [{ name, hint }];
    const inner = name.slice(name.lastIndexOf('.') + 1);
    return nested.has(inner) ? [] : [{ name, hint: `It has ${nested.names.join(', ') || 'none'}` }];
  });
}

/** One warning per kind, with the names of all functions and resources that have it. */
function ignoredWarnings(
  file: string,
  hosted: readonly FoundFunction[],
  resources: readonly (Ignored & { readonly name: string })[],
): readonly Problem[] {
  const kinds = new Map<string, { readonly why: string; readonly names: string[] }>();
  const own = hosted.flatMap(({ name, ignored }) => ignored.map((each) => ({ ...each, name })));
  for (const { what, why, name } of [...own, ...resources]) {
    const kind = kinds.get(what) ?? { why, names: [] };
    kind.names.push(name);
    kinds.set(what, kind);
  }
  return [...kinds].map(([what, { why, names }]) => ({
    file,
    message: `${what} ${why} (${names.join(', ')}).`,
  }));
}

/** One warning per limit, with the functions that are not hosted because of it. */
function limitWarnings(found: readonly FoundFunction[], notes: Notes): readonly Problem[] {
  const left = new Map<string, { readonly problem: Problem; readonly names: string[] }>();
  for (const { name, limits } of found) {
    for (const { offset, ...problem } of limits) {
      const key = `${problem.file} ${offset} ${problem.message}`;
      const known = left.get(key) ?? { problem, names: [] };
      known.names.push(name);
      left.set(key, known);
    }
  }
  const functions = [...left.values()].map(({ problem, names }) => ({
    ...problem,
    message: `${problem.message} (not hosted: ${names.join(', ')})`,
  }));
  return [...functions, ...notes.limits];
}

function noteTwins(
  functions: readonly { readonly wanted: WantedFunction; readonly place: Position }[],
  notes: Notes,
): void {
  const names = new Map<string, Position>();
  for (const { wanted, place } of functions) {
    const first = names.get(wanted.name);
    if (first === undefined) names.set(wanted.name, place);
    else {
      notes.note(
        place,
        `is called ${wanted.name}, as ${first.path} in ${first.source.file} is. Give one of them another FunctionName`,
      );
    }
  }
}
