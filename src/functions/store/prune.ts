import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBundleMetadata } from './bundle-metadata';
import { reference, storeSections } from './store-sections';
import { removeMarked, unmark, unusedSuffix } from './unused-marks';

/** Whose content is wanted, and by whom. */
export interface Wanted {
  /** References of all that is deployed. */
  readonly references: ReadonlySet<string>;
  /** Folders that sandboxes have, as absolute paths. */
  readonly folders: ReadonlySet<string>;
}

/** Something in the store: what bears its name, by what it is referred to, and whether it is marked. */
interface Item {
  readonly path: string;
  readonly parts: readonly string[];
  readonly references: readonly string[];
  readonly isMarked: boolean;
}

/**
 * Removes what has not been wanted for `graceMs` from a store: code, layers, merged layers and zips. The first time
 * that something is not wanted, that is only noted: a deploy under way refers to its content at its end, and what
 * another lambdock runs ends some time after it is not deployed any more. `wantedNow` is asked once it is known what
 * there is, so that what was added last is not missed. Resolves to since when those are not deployed that were left.
 */
export async function prune(
  storeFolder: string,
  wantedNow: () => Wanted,
  nowMs: number,
  graceMs: number,
): Promise<readonly number[]> {
  // One that lies elsewhere may be others' as well, and what they want is not known here.
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
  for (const shelf of storeSections) {
    const names = await readdir(join(storeFolder, shelf));
    // Of whatever there is: of one that a crash has left there may be the metadata alone.
    for (const hash of new Set(names.flatMap((name) => /^[0-9a-f]{64}(?=$|\.)/.exec(name)?.[0] ?? []))) {
      const path = join(storeFolder, shelf, hash);
      items.push({
        path,
        parts: [`${path}.json`, path],
        references: [reference(shelf, hash)],
        isMarked: names.includes(`${hash}${unusedSuffix}`),
      });
    }
  }
  return items;
}

/** Zips are wanted as long as what was unpacked from them, or what they were made of. */
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

/** With what they were made from, and so on. */
async function withSources(
  storeFolder: string,
  references: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const all = new Set(references);
  // What is added meanwhile is walked over as well.
  for (const each of all) {
    const metadata = await readBundleMetadata(join(storeFolder, `${each}.json`));
    for (const source of metadata?.from ?? []) all.add(source);
  }
  return all;
}
