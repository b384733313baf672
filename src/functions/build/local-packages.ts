import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { makeReadable, sizeOf } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import { findRuntime } from '../../runtimes/runtimes';
import { type Bundle, BundleError } from '../store/bundle';
import { mergeFolders } from '../store/merge';
import type { Store } from '../store/store';
import { reference } from '../store/store-sections';
import type { WantedZip } from '../template/wanted';
import { localNodePackages } from './local-node-packages';
import { localPythonPackages } from './local-python-packages';
import type { LocalSources } from './local-sources';
import { nearestFile } from './node-project';

const leftOut = new Set(['node_modules', '.git', '__pycache__', '.venv', '.aws-sam', 'cdk.out', '.lambdock']);

/**
 * The source of an installation, with the packages and lists that lie outside of its folder: workspaces beside it,
 * `file:../shared`, `-r ../requirements.txt`. The source itself where there are none.
 * @param folder the one that `source` is a copy of
 * @param list name of the file that lists the packages
 */
export async function withLocalPackages(
  source: Bundle,
  folder: string,
  list: string,
  store: Store,
  development = false,
): Promise<Bundle> {
  const found = list.endsWith('.json')
    ? localNodePackages(folder, development)
    : localPythonPackages(folder, list);
  if (found === undefined) return source;
  const { copied, texts } = found;
  const prints: string[] = [];
  for (const [path, from] of copied) prints.push(`${path} ${await printOf(from)}`);
  const key = sha256(JSON.stringify([source.hash, prints, [...texts]]));
  const fill = async (target: string) => {
    await mergeFolders([source.folder], target);
    for (const [path, from] of copied) {
      await cp(from, join(target, path), {
        recursive: true,
        filter: (each) =>
          each === from ||
          !relative(from, each)
            .split(sep)
            .some((name) => leftOut.has(name)),
      });
    }
    for (const [path, text] of texts) {
      const file = join(target, path);
      await mkdir(dirname(file), { recursive: true });
      // It may be a hard link to a file of the store.
      await rm(file, { force: true });
      await writeFile(file, text);
    }
    await makeReadable(target);
    return sizeOf(target);
  };
  return store.make('layers', key, fill, [reference('layers', source.hash)]);
}

/** Folders and files outside of a function's code that its packages come from; none where a list cannot be read. */
export function localPlaces({ code, build, runtime }: WantedZip): readonly string[] {
  const method = build?.method;
  if (typeof code !== 'string' || (method !== 'packages' && method !== 'esbuild')) return [];
  try {
    return [...(listedFrom(code, method, runtime)?.copied.values() ?? [])];
  } catch (error) {
    if (error instanceof BundleError) return [];
    throw error;
  }
}

function listedFrom(code: string, method: 'packages' | 'esbuild', runtime: string): LocalSources | undefined {
  const [list] = findRuntime(runtime)?.family.packages?.files ?? [];
  if (list === 'requirements.txt') return localPythonPackages(code, list);
  const manifest = method === 'esbuild' ? nearestFile(code, 'package.json') : join(code, 'package.json');
  if (list === undefined || manifest === undefined || !existsSync(manifest)) return undefined;
  return localNodePackages(dirname(manifest), method === 'esbuild');
}

/** Of all that is copied. */
async function printOf(path: string): Promise<string> {
  const stats = await lstat(path);
  if (stats.isFile()) return sha256(await readFile(path));
  if (!stats.isDirectory()) return '';
  const names = (await readdir(path)).filter((name) => !leftOut.has(name)).sort();
  const prints: string[] = [];
  for (const name of names) prints.push(`${name} ${await printOf(join(path, name))}`);
  return sha256(prints.join('\n'));
}
