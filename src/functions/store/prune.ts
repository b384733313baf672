import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBundleMetadata } from './bundle-metadata';
import { reference, storeSections } from './store-sections';
import { removeMarked, unmark, unusedSuffix } from './unused-marks';

/** Content that is in use. */
export interface Wanted {
  /** References of all deployments. */
  readonly references: ReadonlySet<string>;
  /** Absolute paths of folders that sandboxes use. */
  readonly folders: ReadonlySet<string>;
}

/** An item of the store: its paths, its references, and whether it is marked as unused. */
interface Item {
  readonly path: string;
  readonly parts: readonly string[];
  readonly references: readonly string[];
  readonly isMarked: boolean;
}

/**
 * Removes content from the store that has been unused for `graceMs`: code, layers, merged layers and zips. Content that
 * is found unused for the first time is only marked: a running deployment references its content at its end, and other
 * lambdocks' environments end some time after their deployment. `wantedNow` is called after the store has been listed,
 * so that new content is not missed. Resolves to the times since when the remaining unused content is marked.
 */
export async function prune(
  storeFolder: string,
  wantedNow: () => Wanted,
  nowMs: number,
  graceMs: number,
): Promise<readonly number[]> {
  // A linked store may be shared with other data folders, whose references are unknown.
  if ((await lstat(storeFolder)).isSymbolicLink()) return [];
  const items = [...(await bundles(storeFolder)), ...(await zips(storeFolder))];
  const { references, folders } = wantedNow();
  const deployed = await withSources(storeFolder, references);
  const left: number[] = [];
  for (const { path, parts, isMarked, ...item } of items) {
    const isDeployed = item.references.some((each) => deployed.has(each));
    if (isDeployed || folders.has(path)) {
      if (isMarked) await unmark(path);
      if (!isDeployed) left.push(nowMs);
      continue;
    }
    const sinceMs = await removeMarked(path, parts, nowMs, graceMs);
    if (sinceMs !== undefined) left.push(sinceMs);
  }
  return left;
}

async function bundles(storeFolder: string): Promise<Item[]> {
  const items: Item[] = [];
  for (const section of storeSections) {
    const names = await readdir(join(storeFolder, section));
    // Considers all names: after a crash, an item may consist of its metadata only.
    for (const hash of new Set(names.flatMap((name) => /^[0-9a-f]{64}(?=$|\.)/.exec(name)?.[0] ?? []))) {
      const path = join(storeFolder, section, hash);
      items.push({
        path,
        parts: [`${path}.json`, path],
        references: [reference(section, hash)],
        isMarked: names.includes(`${hash}${unusedSuffix}`),
      });
    }
  }
  return items;
}

/** Zips are kept as long as the bundles that were unpacked from them or that they were made from. */
async function zips(storeFolder: string): Promise<Item[]> {
  const names = await readdir(join(storeFolder, 'zips'));
  return names.flatMap((name) => {
    const hash = /^(?:folder-)?([0-9a-f]{64})\.zip$/.exec(name)?.[1];
    if (hash === undefined) return [];
    const path = join(storeFolder, 'zips', name);
    return {
      path,
      parts: [path],
      references: [reference('code', hash), reference('layers', hash)],
      isMarked: names.includes(`${name}${unusedSuffix}`),
    };
  });
}

/** Adds the sources of references, transitively. */
async function withSources(
  storeFolder: string,
  references: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const all = new Set(references);
  // The loop also visits references that are added meanwhile.
  for (const each of all) {
    const metadata = await readBundleMetadata(join(storeFolder, `${each}.json`));
    for (const source of metadata?.from ?? []) all.add(source);
  }
  return all;
}
