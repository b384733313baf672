import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DebugRequest } from './debug';
import {
  type FunctionVariables,
  functionVariables,
  type GivenValues,
  parameterOverrides,
  parameterPair,
} from './given-values';

/** The text of a setting: its flag, which may be repeated, or else its variable. */
export interface Written {
  readonly flag: unknown;
  readonly variable: string;
}

const flagTexts = ({ flag }: Written): readonly string[] =>
  flag === undefined ? [] : [flag].flat().map(String);

/** Each flag holds one name. The variable holds several, separated by commas. */
export function givenNames(written: Written): readonly string[] {
  const names = written.flag === undefined ? written.variable.split(',') : flagTexts(written);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** Reads `NAME` or `NAME:PORT`, separated as in `givenNames`. */
export function givenDebug(written: Written, problems: string[]): readonly DebugRequest[] {
  return givenNames(written).flatMap((text) => {
    const [, name, port] = /^([\w-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
    const isPort = port === undefined || (Number(port) >= 1_024 && Number(port) <= 65_535);
    if (name === undefined || !isPort) {
      problems.push(`--debug must be NAME or NAME:PORT with a port of 1024 to 65535, got ${text}`);
      return [];
    }
    return [{ name, ...(port !== undefined && { port: Number(port) }) }];
  });
}

/**
 * Each flag holds one parameter. The variable holds several, separated by blanks, or a JSON object. `overrides` (SAM's
 * `--parameter-overrides`) have lower priority.
 */
export function givenParameters(written: Written, overrides: Written, problems: string[]): GivenValues {
  const variable = written.variable.trim();
  const isJson = variable.startsWith('{');
  const found: Record<string, string> = isJson ? parametersOfJson(variable, problems) : {};
  const pairs: readonly (readonly [origin: string, text: string])[] = [
    ...(isJson ? [] : variable.split(/\s+/).filter((text) => text !== '')).map(
      (text) => ['LAMBDOCK_PARAMETERS', text] as const,
    ),
    ...flagTexts(written).map((text) => ['--parameter', text] as const),
  ];
  for (const [origin, text] of pairs) {
    const pair = parameterPair(text);
    if (pair !== undefined) found[pair[0]] = pair[1];
    else problems.push(`${origin} must be NAME=VALUE such as Stage=prod, got ${text || 'nothing'}`);
  }
  return Object.freeze({ ...givenOverrides(overrides, problems), ...found });
}

function parametersOfJson(text: string, problems: string[]): Record<string, string> {
  try {
    const read: unknown = JSON.parse(text);
    return Object.fromEntries(Object.entries(read ?? {}).map(([name, value]) => [name, String(value)]));
  } catch {
    problems.push(
      'LAMBDOCK_PARAMETERS is not valid JSON. Set it to an object such as {"Stage":"prod"}, or to Stage=prod Size=512',
    );
    return {};
  }
}

function givenOverrides(written: Written, problems: string[]): GivenValues {
  const texts = written.flag === undefined ? [written.variable] : flagTexts(written);
  return Object.assign(
    {},
    ...texts.map((text) => {
      const values = parameterOverrides(text);
      if (values === undefined) {
        problems.push(`--parameter-overrides must be pairs such as "Stage=prod Size=512", got ${text}`);
      }
      return values ?? {};
    }),
  );
}

/** Reads variables of functions from a JSON file or from JSON text. */
export function givenVariables(
  option: string,
  written: string | undefined,
  workingDirectory: string,
  problems: string[],
): FunctionVariables {
  if (written === undefined) return {};
  const isJson = written.trimStart().startsWith('{');
  const file = resolve(workingDirectory, written);
  if (!isJson && !existsSync(file)) {
    problems.push(`${option} is ${written}, but ${file} does not exist`);
    return {};
  }
  const values = functionVariables(isJson ? written : readFileSync(file, 'utf8'));
  if (values !== undefined) return values;
  const form = '{ "FUNCTION": { "NAME": "VALUE" } }';
  problems.push(`${option} must be JSON such as ${form}, which ${isJson ? 'its text' : file} is not`);
  return {};
}
