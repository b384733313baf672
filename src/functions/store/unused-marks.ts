import { readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../lib/errno';
import { moveIntoPlace, removeFolder, renamed, temporaryName, writeAtomically } from '../../lib/files';

/** Suffix of a mark's file name. */
export const unusedSuffix = '.unused';

/**
 * Removes an item's unused mark. A reader calls this before it looks for the item, so that the item is not removed
 * while it is read. Resolves to whether it was marked.
 */
export async function unmark(path: string): Promise<boolean> {
  try {
    await unlink(`${path}${unusedSuffix}`);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/**
 * Removes an unused item that has been marked for `graceMs`; marks it if it is not marked. `paths` are all its files.
 * Resolves to the time of the mark; undefined if it was removed or is used again.
 */
export async function removeMarked(
  path: string,
  paths: readonly string[],
  nowMs: number,
  graceMs: number,
): Promise<number | undefined> {
  const sinceMs = await markedSince(path);
  if (sinceMs === undefined) {
    await writeAtomically(`${path}${unusedSuffix}`, new Date(nowMs).toISOString());
    return nowMs;
  }
  if (sinceMs >= nowMs - graceMs) return sinceMs;
  const aside: [string, string][] = [];
  for (const each of paths) {
    const beside = temporaryName(dirname(path));
    if (await renamed(each, beside)) aside.push([beside, each]);
  }
  // Renames first, then removes the mark: only one of this process and a reader succeeds in removing it.
  const isUnwanted = await unmark(path);
  for (const [beside, each] of aside) await (isUnwanted ? removeFolder(beside) : moveIntoPlace(beside, each));
  return undefined;
}

async function markedSince(path: string): Promise<number | undefined> {
  const written = await readFile(`${path}${unusedSuffix}`, 'utf8').catch(() => '');
  const sinceMs = Date.parse(written);
  return Number.isNaN(sinceMs) ? undefined : sinceMs;
}
