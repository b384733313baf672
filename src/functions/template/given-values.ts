import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Values for parameters of a template, or for variables, by name. */
export type GivenValues = Readonly<Record<string, string>>;

/** Reads `Stage=prod`; undefined for another text. A name may be of a nested stack's parameter or of an export. */
export function parameterPair(text: string): readonly [name: string, value: string] | undefined {
  const [, name, value] = /^([\w.:/-]+)=(.*)$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}

/**
 * Reads the value of SAM's `--parameter-overrides`: `Stage=prod Size=512`, with quotes around blanks, or
 * `ParameterKey=Stage,ParameterValue=prod`. Undefined for another text.
 */
export function parameterOverrides(text: string): GivenValues | undefined {
  const found: Record<string, string> = {};
  for (const word of words(text)) {
    const [, key, value] = /^ParameterKey=([^,]+),ParameterValue=(.*)$/s.exec(word) ?? [];
    const pair = key !== undefined && value !== undefined ? ([key, value] as const) : parameterPair(word);
    if (pair === undefined) return undefined;
    found[pair[0]] = pair[1];
  }
  return found;
}

/** Splits a line as a shell does, without expansions. */
function words(text: string): readonly string[] {
  const quoted = /\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/gs;
  return [...text.matchAll(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/gs)].map(([word]) =>
    word.replaceAll(
      quoted,
      (_, escaped?: string, double?: string, single?: string) =>
        escaped ?? single ?? (double ?? '').replaceAll(/\\(.)/gs, '$1'),
    ),
  );
}

/** Commands of SAM whose settings are read. The last has the highest priority. */
const commands = ['global', 'build', 'local_invoke', 'local_start_lambda', 'local_start_api', 'deploy'];

/**
 * `parameter_overrides` of the environment `default` in the `samconfig.toml` next to a template:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
 */
export function samconfigParameters(templateFile: string): GivenValues {
  const folder = dirname(templateFile).replace(/[/\\]\.aws-sam[/\\]build$/, '');
  const file = join(folder, 'samconfig.toml');
  if (!existsSync(file)) return {};
  const text = readFileSync(file, 'utf8');
  return Object.assign(
    {},
    ...commands.map((command) => parameterOverrides(overridesIn(text, command)) ?? {}),
  );
}

const overridesKey =
  /^\s*parameter_overrides\s*=\s*(\[[^\]]*\]|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'[^'\n]*')/m;

/** `parameter_overrides` in the command's section, a text or a list of texts. */
function overridesIn(toml: string, command: string): string {
  const sections = toml.split(/^\s*\[(?=[a-z])/m);
  const section = sections.find((each) => each.startsWith(`default.${command}.parameters]`));
  const written = overridesKey.exec(section ?? '')?.[1] ?? '';
  const texts = written.startsWith('[') ? (written.match(/"(?:\\.|[^"\\])*"|'[^'\n]*'/g) ?? []) : [written];
  return texts.map(tomlText).join(' ');
}

function tomlText(written: string): string {
  if (/^("""|''')/.test(written)) return written.slice(3, -3).replaceAll(/\\\s*\n\s*/g, ' ');
  if (written.startsWith("'")) return written.slice(1, -1);
  return written.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** Variables by function, or under `Parameters` for all functions, as in the file of SAM's `--env-vars`. */
export type FunctionVariables = Readonly<Record<string, GivenValues>>;

/** @returns undefined if the text is not JSON of that form */
export function functionVariables(text: string): FunctionVariables | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  const found: Record<string, GivenValues> = {};
  for (const [name, each] of Object.entries(read)) {
    if (!isObject(each)) return undefined;
    found[name] = textsOf(each);
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(values: Readonly<Record<string, unknown>>): GivenValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
