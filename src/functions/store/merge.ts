import { chmod, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { linkOrCopy } from '../../lib/files';
import { parallel } from '../../lib/parallel';

/** The entry at a path after merging. */
interface Piece {
  readonly kind: 'file' | 'folder' | 'link';
  readonly source: string;
  /** A folder's entries. */
  readonly within: Map<string, Piece>;
}

/**
 * Merges folders: the entry of a later folder wins, and folders with the same path are joined. Files become hard links,
 * so that a layer takes its space once; `folders` and `target` must be on one file system and never change. Files that
 * cannot be linked are copied.
 */
export async function mergeFolders(folders: readonly string[], target: string): Promise<void> {
  const top = new Map<string, Piece>();
  for (const folder of folders) await layOver(top, folder);
  await writeDown(top, target);
  await chmod(target, 0o755);
}

async function layOver(pieces: Map<string, Piece>, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const source = join(folder, entry.name);
    const below = pieces.get(entry.name);
    const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'file';
    const within = kind === 'folder' && below?.kind === 'folder' ? below.within : new Map<string, Piece>();
    pieces.set(entry.name, { kind, source, within });
    if (kind === 'folder') await layOver(within, source);
  }
}

async function writeDown(pieces: ReadonlyMap<string, Piece>, target: string): Promise<void> {
  await parallel(pieces, 4, async ([name, { kind, source, within }]) => {
    const path = join(target, name);
    if (kind === 'link') await symlink(await readlink(source), path);
    else if (kind === 'file') await linkOrCopy(source, path);
    else {
      await mkdir(path);
      await writeDown(within, path);
      await chmod(path, (await lstat(source)).mode & 0o777);
    }
  });
}
