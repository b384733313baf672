import { readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../lib/errno';
import { moveIntoPlace, removeFolder, renamed, temporaryName, writeAtomically } from '../../lib/files';

/** What a mark's name has behind that of what it marks. */
export const unusedSuffix = '.unused';

/**
 * Marks something in the store as used. A reader does so first and then looks whether it is there: then
 * it is not removed, or not found. Resolves to whether it was marked.
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
 * Removes what nothing refers to and what has been marked so for `graceMs`; what is not marked is marked. `paths` is
 * all that goes with it. Resolves to since when it is marked; undefined where it was removed or is wanted again.
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
  // Out of the way first, and then the mark: only one of us and of a reader takes that away.
  const isUnwanted = await unmark(path);
  for (const [beside, each] of aside) await (isUnwanted ? removeFolder(beside) : moveIntoPlace(beside, each));
  return undefined;
}

async function markedSince(path: string): Promise<number | undefined> {
  const written = await readFile(`${path}${unusedSuffix}`, 'utf8').catch(() => '');
  const sinceMs = Date.parse(written);
  return Number.isNaN(sinceMs) ? undefined : sinceMs;
}
