import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeReadable, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import type { ReportProgress } from '../../lib/progress';
import { findRuntime } from '../../runtimes/runtimes';
import type { Bundle } from '../store/bundle';
import { mergeFolders } from '../store/merge';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type { Layers, LayerTarget } from './layers';
import { withLocalPackages } from './local-packages';
import { readManifest } from './node-project';

const manifestOf = (runtime: string) => findRuntime(runtime)?.family.packages;

/** Files beside the list that change what is installed. */
const settingFiles = ['.npmrc', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'];

export interface PackageContext {
  readonly store: Store;
  readonly layers: Layers;
}

/** Whether code in a folder lists packages for its runtime. */
export function listsPackages(folder: string, runtime: string): boolean {
  const [file] = manifestOf(runtime)?.files ?? [];
  return file !== undefined && existsSync(join(folder, file));
}

/**
 * Adds the packages that code lists, in the layout of `sam build`; they are installed once per list. Code without a
 * list, or with a `node_modules` folder, is unchanged.
 * @param folder the folder that `code` is a copy of
 * @throws {BundleError} if they cannot be installed
 */
export async function withPackages(
  code: Bundle,
  folder: string,
  target: LayerTarget,
  context: PackageContext,
  report: ReportProgress,
): Promise<Bundle> {
  const { store, layers } = context;
  const manifest = manifestOf(target.runtime);
  const [first = ''] = manifest?.files ?? [];
  const file = join(code.folder, first);
  if (manifest === undefined || !existsSync(file) || !(await needsPackages(code.folder, file))) return code;
  const lists = await packageSource(code.folder, manifest.files, store);
  const source = await withLocalPackages(lists, folder, first, store);
  const built = await layers.packages(first, source, target, report);
  const merge = async (merged: string) => {
    await mergeFolders([join(built.folder, manifest.layerFolder), code.folder], merged);
    return sizeOf(merged);
  };
  const from = [reference('code', code.hash), reference('layers', built.hash)];
  return store.make('code', sha256(`code ${code.hash} with ${built.hash}`), merge, from);
}

/**
 * The files that packages are installed from: only the lists, so that other changes of the code install nothing; the
 * whole folder if a list references other files in it.
 */
export async function packageSource(folder: string, files: readonly string[], store: Store): Promise<Bundle> {
  const names = [...files, ...settingFiles].filter((each) => existsSync(join(folder, each)));
  const texts = await Promise.all(names.map((each) => readFile(join(folder, each), 'utf8')));
  if (texts.some(refersToFiles)) return store.addFolder('layers', folder);
  return store.make('layers', sha256(`lists ${texts.join('\0')}`), async (lists) => {
    for (const each of names) await copyFile(join(folder, each), join(lists, each));
    await makeReadable(lists);
    return sizeOf(lists);
  });
}

/** Other lists (`-r`, `-c`), packages in folders (`./shared`, `-e .`, `file:`), and workspaces. */
function refersToFiles(text: string): boolean {
  return (
    /^\s*(?:-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links)\b/m.test(text) ||
    /^\s*\.{1,2}(?:\/|\s*$)/m.test(text) ||
    /^\s*[\w./-]+\.(?:whl|zip|tar\.gz)\s*$/m.test(text) ||
    /"(?:file|link|portal):|@ file:|"workspaces"|"(?:pre|post)?install"\s*:/.test(text)
  );
}

async function needsPackages(folder: string, file: string): Promise<boolean> {
  if (!file.endsWith('.json')) {
    return (await readFile(file, 'utf8')).split('\n').some((line) => /^\s*[^\s#]/.test(line));
  }
  return !existsSync(join(folder, 'node_modules')) && readManifest(file).dependencies.length > 0;
}
