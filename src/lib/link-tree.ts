import { chmod, lstat, mkdir, readdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './errno';
import { linkOrCopy } from './files';
import { parallel } from './parallel';

/** Links made at the same time: more would keep every thread of the pool from other work. */
const width = 3;

/**
 * Gives `target`, an existing empty folder, the content of `source`: folders are made, files become hard links. Resolves to
 * whether every file could be linked; the others are copies.
 */
export async function linkTree(source: string, target: string): Promise<boolean> {
  let isLinked = true;
  await parallel(await readdir(source, { withFileTypes: true }), width, async (entry) => {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else if (entry.isDirectory()) {
      await mkdir(to);
      if (!(await linkTree(from, to))) isLinked = false;
      await chmod(to, (await lstat(from)).mode & 0o777);
    } else if (!(await linkOrCopy(from, to))) isLinked = false;
  });
  return isLinked;
}

/**
 * Moves everything in a folder into another one on the same file system. Each entry is renamed, so it costs the same for
 * one file and for thousands, and no link is followed.
 */
export async function moveEntries(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await moveEntry(join(from, name), join(to, name));
}

/** A folder that its owner may not write cannot be moved to another parent, as its `..` changes. */
async function moveEntry(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { mode } = await lstat(from);
    if (errnoOf(error) !== 'EACCES' || (mode & 0o200) !== 0) throw error;
    await chmod(from, (mode & 0o777) | 0o200);
    await rename(from, to);
    await chmod(to, mode & 0o777);
  }
}
