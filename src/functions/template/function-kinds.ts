import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { limits } from '../../aws/limits';
import { applicationLogLevels, logFormats, systemLogLevels } from '../../aws/logging';
import { isImageReference } from '../../lib/image-reference';
import { integer, oneOf, text } from '../../lib/kinds';
import { architectures, findRuntime, hostedRuntimes } from '../../runtimes/runtimes';

const { memoryMiB, timeoutSeconds, ephemeralStorageMiB } = limits;

/** Allowed values of a function's settings, in `lambdock.yaml` and in SAM templates. */
export const functionKinds = {
  memorySize: integer(memoryMiB.min, memoryMiB.max, 'MB'),
  timeout: integer(timeoutSeconds.min, timeoutSeconds.max, 'seconds'),
  ephemeralStorage: integer(ephemeralStorageMiB.min, ephemeralStorageMiB.max, 'MB'),
  architecture: oneOf(...architectures),
  build: oneOf('packages', 'esbuild', 'makefile', 'go', 'cargo', 'maven'),
  description: shorter(limits.descriptionLength),
  workingDirectory: shorter(limits.workingDirectoryLength),
  handler: text(`must be text without blanks, at most ${limits.handlerLength} characters`, (value) =>
    new RegExp(`^\\S{1,${limits.handlerLength}}$`).test(value),
  ),
  image: text(
    'must be an image reference such as my-image:tag, or an id: sha256:<64 hex digits>',
    isImageReference,
  ),
  platform: text('must be a platform such as linux/amd64 or linux/arm64', (value) =>
    /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(value),
  ),
  runtime: text(
    `must be one of ${hostedRuntimes.join(', ')}`,
    (value) => findRuntime(value) !== undefined,
    hostedRuntimes,
  ),
  tracing: oneOf('Active', 'PassThrough', 'Disabled'),
  applyOn: oneOf('None', 'PublishedVersions'),
  logFormat: oneOf(...logFormats),
  applicationLogLevel: oneOf(...applicationLogLevels),
  systemLogLevel: oneOf(...systemLogLevels),
  // https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
  logGroup: text('must be letters, digits and _ . - / #, at most 512 characters', (value) =>
    /^[.\-_/#A-Za-z0-9]{1,512}$/.test(value),
  ),
  ssh: text('must be default, or ID=PATH of a socket or a key', (value) => /^[\w.-]+(?:=.+)?$/.test(value)),
  words: text('must be text', () => true),
  path: text('must be a path', (value) => value !== '' && !value.includes('\0')),
};

function shorter(length: number) {
  return text(`must be text of at most ${length} characters`, (value) => value.length <= length);
}

/** Ends the sentence "X …" for a runtime that Lambda has but lambdock does not run; undefined for others. */
export function runtimeProblem(runtime: string): string | undefined {
  if (findRuntime(runtime)?.hosted) return undefined;
  return `is ${runtime}, which lambdock does not host. Package the function as an image, or take one of ${hostedRuntimes.join(', ')}`;
}

/** Whether a path names a zip file; Java's archives are zip files. */
export function isArchive(path: string): boolean {
  return /\.(?:zip|jar)$/.test(path);
}

/** The absolute path of an existing folder or zip file, or a problem that ends the sentence "X …". */
export function findSource(
  folder: string,
  written: string,
): { readonly path: string } | { readonly problem: string } {
  const path = resolve(folder, written);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return {
      problem: `is ${written}, but there is no ${path}. Paths are relative to the folder of this file`,
    };
  }
  if (found.isDirectory() || (found.isFile() && isArchive(path))) return { path };
  return { problem: `must be a folder, a .zip or a .jar file, got ${written}` };
}
