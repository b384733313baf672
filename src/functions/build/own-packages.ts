import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../../aws/architecture';
import { makeReadable, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import { findRuntime } from '../../runtimes/runtimes';
import { type Bundle, BundleError } from '../store/bundle';
import { mergeFolders } from '../store/merge';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type { Layers } from './layers';

const manifestOf = (runtime: string) => findRuntime(runtime)?.family.packages;

/** Whether code in a folder lists packages for its runtime. */
export function listsPackages(folder: string, runtime: string): boolean {
  const [file] = manifestOf(runtime)?.files ?? [];
  return file !== undefined && existsSync(join(folder, file));
}

/**
 * Code with the packages that it lists beside it, as `sam build` lays them out; they are installed once per list.
 * Code that lists none, or brings its own `node_modules`, stays as it is.
 * @throws {BundleError} where they cannot be installed
 */
export async function withPackages(
  code: Bundle,
  runtime: string,
  context: { readonly store: Store; readonly layers: Layers; readonly architecture: Architecture },
  report: ReportProgress,
): Promise<Bundle> {
  const { store, layers, architecture } = context;
  const manifest = manifestOf(runtime);
  const files = manifest?.files.filter((each) => existsSync(join(code.folder, each))) ?? [];
  const [first] = files;
  if (manifest === undefined || first === undefined || !(await needsPackages(code.folder, first)))
    return code;
  const texts = await Promise.all(files.map((each) => readFile(join(code.folder, each), 'utf8')));
  // The lists alone: what else changes in the code needs no new packages.
  const lists = await store.make('layers', sha256(`lists ${texts.join('\0')}`), async (folder) => {
    for (const each of files) await copyFile(join(code.folder, each), join(folder, each));
    await makeReadable(folder);
    return sizeOf(folder);
  });
  report(`installing the packages of ${first}`);
  const reportStep: ReportProgress = (step, fraction) =>
    report(step.replace(/building layer [0-9a-f]{64}/i, `installing the packages of ${first}`), fraction);
  const built = await layers
    .prepare(lists.folder, runtime, architecture, reportStep)
    .catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BundleError('unsuitable', `The packages of ${first} cannot be installed. ${why}`, { cause });
    });
  const merge = async (folder: string) => {
    await mergeFolders([join(built.folder, manifest.layerFolder), code.folder], folder);
    return sizeOf(folder);
  };
  const from = [reference('code', code.hash), reference('layers', built.hash)];
  return store.make('code', sha256(`code ${code.hash} with ${built.hash}`), merge, from);
}

async function needsPackages(folder: string, file: string): Promise<boolean> {
  const text = await readFile(join(folder, file), 'utf8');
  if (file !== 'package.json') return text.split('\n').some((line) => /^\s*[^\s#]/.test(line));
  if (existsSync(join(folder, 'node_modules'))) return false;
  try {
    const read: unknown = JSON.parse(text);
    const { dependencies } = (read ?? {}) as { readonly dependencies?: object };
    return Object.keys(dependencies ?? {}).length > 0;
  } catch {
    throw new BundleError('unsuitable', `${file} is no JSON. Mend it, or remove it.`);
  }
}
