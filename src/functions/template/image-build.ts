import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '../../lib/hash';
import { functionKinds as kinds } from './function-kinds';
import type { TemplateReader } from './reader';
import type { Field } from './value-reader';
import type { WantedImage, WantedImageBuild } from './wanted';

const keys = ['context', 'dockerfile', 'target', 'args', 'platform', 'secrets', 'ssh'] as const;

/**
 * Reads `build`. `context`, `dockerfile`, `target`, `args` and `platform` have the same meaning as in Compose.
 * `secrets` holds files by id, `ssh` agents or keys.
 */
export function readImageBuild(
  reader: TemplateReader,
  field: Field | undefined,
  folder: string,
): WantedImageBuild | undefined {
  const found = field && reader.fields(field);
  if (field === undefined || found === undefined) return undefined;
  const fields = reader.known(found, keys, 'for the build of an image');
  const context = resolve(folder, reader.value(fields.context, kinds.path) ?? '.');
  const dockerfile = resolve(context, reader.value(fields.dockerfile, kinds.path) ?? 'Dockerfile');
  const problem = buildProblem(context, dockerfile);
  if (problem !== undefined) return reader.note(fields[problem.key] ?? field, problem.sentence);
  const target = reader.value(fields.target, kinds.words);
  const platform = reader.value(fields.platform, kinds.platform);
  const given = fields.args === undefined ? [] : (reader.fields(fields.args) ?? []);
  const values = given.flatMap((each) => {
    const value = reader.written(each);
    return value === undefined ? [] : [[each.key, value] as const];
  });
  const secrets = readSecrets(reader, fields.secrets, folder);
  const ssh = reader.list(fields.ssh)?.flatMap((each) => reader.value(each, kinds.ssh) ?? []);
  return {
    context,
    dockerfile,
    ...(secrets !== undefined && { secrets }),
    ...(ssh !== undefined && ssh.length > 0 && { ssh }),
    arguments: Object.fromEntries(values),
    ...(target !== undefined && { target }),
    ...(platform !== undefined && { platform }),
  };
}

function readSecrets(
  reader: TemplateReader,
  field: Field | undefined,
  folder: string,
): Readonly<Record<string, string>> | undefined {
  const found = field && (reader.fields(field) ?? []);
  if (found === undefined || found.length === 0) return undefined;
  const files = found.flatMap((each) => {
    const written = reader.value(each, kinds.path);
    if (written === undefined) return [];
    const file = resolve(folder, written);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return [[each.key, file] as const];
    reader.note(each, `does not exist: ${file}. Name the secret's file, relative to this file`);
    return [];
  });
  return Object.fromEntries(files);
}

/** Ends the sentence "X …" for a context or a Dockerfile that cannot be used; undefined if both can. */
export function buildProblem(
  context: string,
  dockerfile: string,
): { readonly key: 'context' | 'dockerfile'; readonly sentence: string } | undefined {
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
    return { key: 'context', sentence: `is not a folder: ${context}. Paths are relative to this file` };
  }
  if (!statSync(dockerfile, { throwIfNoEntry: false })?.isFile()) {
    return { key: 'dockerfile', sentence: `does not exist: ${dockerfile}. It is relative to the context` };
  }
  return undefined;
}

/** The name of an image that lambdock builds. It is unique to the project. */
export function builtImageName(functionName: string, { context }: WantedImageBuild, tag = 'latest'): string {
  const name = functionName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `lambdock-build/${name || 'function'}-${sha256(context).slice(0, 8)}:${tag}`;
}

/** Fields of an image in a template, except its name. */
type ImageParts = {
  readonly [Part in 'build' | 'command' | 'entryPoint' | 'workingDirectory']: WantedImage[Part] | undefined;
};

/** Omits fields that the template does not set. */
export function wantedImage(
  image: string,
  { build, command, entryPoint, workingDirectory }: ImageParts,
): WantedImage {
  return {
    kind: 'image',
    image,
    ...(build !== undefined && { build }),
    ...(command !== undefined && { command }),
    ...(entryPoint !== undefined && { entryPoint }),
    ...(workingDirectory !== undefined && { workingDirectory }),
  };
}
