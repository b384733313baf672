import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errnoOf } from '../../lib/errno';
import { withDebugging } from './debug';
import { readFunctions } from './functions';
import { samconfigParameters } from './given-values';
import { missingTemplateHint } from './missing-template';
import { type Problem, TemplateError } from './problems';
import { TemplateReader } from './reader';
import type { SamContext } from './sam/context';
import { isSamTemplate, readSamTemplate } from './sam/sam-template';
import { readTemplateSettings, settingNames, type TemplateSettings } from './settings';
import { EncodingError, readTextFile } from './text-file';
import type { Field } from './value-reader';
import type { WantedFunction } from './wanted';

/** The checked content of a `lambdock.yaml` or of a SAM or CloudFormation template. */
export interface Template {
  readonly settings: TemplateSettings;
  readonly functions: readonly WantedFunction[];
  /** Absolute paths of the template and of the files that it includes or nests. */
  readonly files: readonly string[];
  /** Possible mistakes that do not stop lambdock. */
  readonly warnings: readonly Problem[];
}

const noContext: SamContext = { region: 'us-east-1', accountId: '000000000000', parameters: {} };

/**
 * Reads a template's text. Problems name `file`; relative paths in the text are relative to its folder.
 * @param context values that a SAM or CloudFormation template may refer to; `lambdock.yaml` refers to none
 * @throws {TemplateError} with every problem found
 */
export function parseTemplate(text: string, file: string, context = noContext): Template {
  const reader = new TemplateReader(text, resolve(file));
  const top = topFields(reader);
  if (isSamTemplate(top.map(({ key }) => key))) {
    const defaults = samconfigParameters(resolve(file));
    const { problems, ...template } = readSamTemplate(text, file, { ...context, defaults });
    if (problems.length > 0) throw new TemplateError(file, problems);
    return { settings: neighbourSettings(file), ...template, ...debugged(template.functions, file, context) };
  }
  const given = Object.keys(context.parameters);
  if (given.length > 0) {
    const message = `there are values for parameters (${given.join(', ')}), which only templates for SAM and CloudFormation have. Leave them out`;
    throw new TemplateError(file, [{ message }]);
  }
  const fields = reader.known(top, [...settingNames, 'functions'], 'at the top level');
  const settings = readTemplateSettings(reader, fields, dirname(resolve(file)));
  const functions = readFunctions(reader, fields.functions, {
    folder: dirname(resolve(file)),
    ...(settings.layers !== undefined && { layers: settings.layers }),
    ...(context.only !== undefined && { only: context.only }),
    ...(context.variables !== undefined && { variables: context.variables }),
  });
  if (reader.problems.length > 0) throw new TemplateError(file, reader.problems);
  const files = [resolve(file)];
  return { settings, files, warnings: reader.warnings, ...debugged(functions, file, context) };
}

function debugged(
  functions: readonly WantedFunction[],
  file: string,
  { debug = [], debugWait = false }: SamContext,
): Pick<Template, 'functions'> {
  const { problems, ...rest } = withDebugging(functions, debug, debugWait);
  if (problems.length > 0) throw new TemplateError(file, problems);
  return rest;
}

/** Reads a template's file. @throws {TemplateError} also if the file cannot be read */
export function loadTemplate(file: string, context = noContext): Template {
  const text = readText(file);
  if (text !== undefined) return parseTemplate(text, file, context);
  throw new TemplateError(file, [{ message: `does not exist. ${missingTemplateHint(resolve(file))}` }]);
}

/**
 * Reads only the settings of lambdock in a template, so that a mistake in a function does not stop a command that talks
 * to a running lambdock. A missing file has no settings.
 * @throws {TemplateError} if the settings or the YAML are invalid
 */
export function loadTemplateSettings(file: string): TemplateSettings {
  const reader = new TemplateReader(readText(file) ?? '', resolve(file));
  const top = topFields(reader);
  if (isSamTemplate(top.map(({ key }) => key))) return neighbourSettings(file);
  const named = top.filter((field) => settingNames.some((name) => name === field.key));
  const fields = reader.known(named, settingNames, 'at the top level');
  const settings = readTemplateSettings(reader, fields, dirname(resolve(file)));
  if (reader.problems.length > 0) throw new TemplateError(file, reader.problems);
  return settings;
}

/** A SAM or CloudFormation template has no settings of lambdock: the `lambdock.yaml` next to it has them. */
function neighbourSettings(file: string): TemplateSettings {
  // `sam build`, `cdk synth` and Serverless write templates into an output folder.
  const folder = dirname(resolve(file)).replace(/[/\\](\.aws-sam[/\\]build|cdk\.out|\.serverless)$/, '');
  const neighbour = join(folder, 'lambdock.yaml');
  return neighbour === resolve(file) || !existsSync(neighbour) ? {} : loadTemplateSettings(neighbour);
}

/** Ignores keys that begin with `x-`: users define YAML anchors there. */
function topFields(reader: TemplateReader): readonly Field[] {
  const fields = (reader.top() ?? []).filter((field) => !field.key.startsWith('x-'));
  return fields.flatMap((field) => (sections.has(field.key) ? endpointField(reader, field) : [field]));
}

const sections: ReadonlySet<string> = new Set(['aws', 'logs', 'otlp']);

/** Turns `aws: { endpoint: … }`, and the same for `logs` and `otlp`, into one setting. */
function endpointField(reader: TemplateReader, field: Field): readonly Field[] {
  const { endpoint } = reader.known(reader.fields(field) ?? [], ['endpoint'], `below ${field.key}`);
  return endpoint === undefined ? [] : [{ ...endpoint, key: `${field.key}Endpoint` }];
}

function readText(file: string): string | undefined {
  try {
    return readTextFile(file);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    if (error instanceof EncodingError) {
      throw new TemplateError(file, [{ line: error.line, column: 1, message: error.message }]);
    }
    const message =
      code === 'EISDIR' ? 'is a folder. Name a YAML file' : `cannot be read (${code ?? String(error)})`;
    throw new TemplateError(file, [{ message }]);
  }
}
