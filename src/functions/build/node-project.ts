import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BundleError } from '../store/bundle';

/** Path of the file in the folder or in its nearest parent that has one. */
export function nearestFile(folder: string, name: string): string | undefined {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : nearestFile(above, name);
}

export interface NodeManifest {
  readonly isModule: boolean;
  /** Names of the packages that the code needs when it runs. */
  readonly dependencies: readonly string[];
  /** The version that the manifest lists for a package, including development packages. */
  versionOf(name: string): string | undefined;
}

/** @throws {BundleError} if it is not JSON */
export function readManifest(file: string): NodeManifest {
  const read = parsedManifest(file);
  const section = (name: string) => (read[name] ?? {}) as Readonly<Record<string, string>>;
  return {
    isModule: read.type === 'module',
    dependencies: Object.keys(section('dependencies')),
    versionOf: (name) => section('dependencies')[name] ?? section('devDependencies')[name],
  };
}

/** @throws {BundleError} where it is not JSON */
export function parsedManifest(file: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, '')) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new BundleError('unsuitable', `${file} is not valid JSON. Correct it.`, { cause });
  }
}

/**
 * The TypeScript file of a handler that has no JavaScript file, relative to the folder: Node.js does not find it.
 * Undefined for other handlers.
 */
export function typescriptFile(folder: string, handler: string): string | undefined {
  const base = /^(?:.*\/)?[^./]+/.exec(handler)?.[0];
  if (base === undefined) return undefined;
  const found = (extensions: readonly string[]) =>
    extensions.map((each) => `${base}${each}`).find((each) => existsSync(join(folder, each)));
  return found(['', '.js', '.mjs', '.cjs']) === undefined
    ? found(['.ts', '.mts', '.cts', '.tsx'])
    : undefined;
}

/** Whether Node.js finds all packages of the manifest from its folder. */
export function isInstalled(manifestFile: string): boolean {
  const folder = dirname(manifestFile);
  return readManifest(manifestFile).dependencies.every(
    (name) => nearestFile(folder, join('node_modules', name, 'package.json')) !== undefined,
  );
}
