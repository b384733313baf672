import { resolve } from 'node:path';
import { Notes } from '../notes';
import type { Problem } from '../problems';
import type { Position } from '../values';
import type { WantedFunction } from '../wanted';
import { Project } from './project';
import { readMapping } from './read-mapping';
import { Stack } from './stack';

/** What a template's functions depend on beside its text. */
export interface SamContext {
  readonly region: string;
  readonly accountId: string;
  /** Values for the template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface SamTemplate {
  readonly functions: readonly WantedFunction[];
  /** The template and every one nested in it, as absolute paths. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const marks: ReadonlySet<string> = new Set(['AWSTemplateFormatVersion', 'Transform', 'Resources']);

/** Whether the keys at a file's top are those of a SAM or CloudFormation template. */
export function isSamTemplate(topKeys: readonly string[]): boolean {
  return topKeys.some((key) => marks.has(key));
}

/** Reads a template for SAM or CloudFormation, and those nested in it: what it says of functions and layers. */
export function readSamTemplate(text: string, file: string, context: SamContext): SamTemplate {
  const notes = new Notes();
  const path = resolve(file);
  const project = new Project(notes, context.region, context.accountId);
  project.files.push(path);
  const template = readMapping(text, path, notes);
  if (template === undefined)
    return { functions: [], files: project.files, problems: notes.problems, warnings: [] };
  const stack = new Stack(template, new Map(Object.entries(context.parameters)), project, [path]);
  for (const { name, hint } of stack.parameters.unknown()) {
    notes.noteFile(path, `--parameter ${name} is not a parameter of this template; ${hint}`);
  }
  stack.findLayers();
  const functions = stack.functions();
  noteTwins(functions, notes);
  return {
    functions: functions.map(({ wanted }) => wanted),
    files: project.files,
    problems: notes.problems,
    warnings: notes.warnings,
  };
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
        `is called ${wanted.name}, as ${first.path} in ${first.source.file} is; give one of them another FunctionName`,
      );
    }
  }
}
