import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errnoOf } from './errno';

/** Makes a folder unless it exists, and checks that files can be made in it. Throws the error of the system call. */
export function makeWritableFolder(path: string): void {
  makeFolder(resolve(path));
  accessSync(path, constants.W_OK | constants.X_OK);
}

/** Node's own recursive way never ends below /proc, whose folders refuse new ones as if they were not there. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (errnoOf(error) === 'EEXIST' && statSync(path).isDirectory()) return;
    if (errnoOf(error) !== 'ENOENT') throw error;
    if (existsSync(parent)) {
      throw Object.assign(new Error(`${parent} takes no folders`, { cause: error }), { code: 'EPERM', path });
    }
    makeFolder(parent);
    mkdirSync(path);
  }
}

/** Writes a file so that readers see the old text or the new one, never a part. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = temporaryName(dirname(path));
  await writeFile(beside, text);
  await rename(beside, path);
}

/** Like `writeAtomically`; when it resolves, the text survives a power loss. */
export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const beside = temporaryName(dirname(path));
  const file = await open(beside, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  // The name is the folder's content.
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** Up to this size, in bytes, files are read and written at once rather than in pieces. */
export const smallFileBytes = 262_144;

/**
 * Writes a small new file with exactly this mode. It does not wait: for thousands of small files the way
 * through the thread pool takes ten times as long as the writing.
 */
export function writeSmallFile(path: string, content: Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
    // The umask may have taken something away; to look is cheap, to change is not.
    if ((fstatSync(file).mode & 0o777) !== mode) fchmodSync(file, mode);
  } finally {
    closeSync(file);
  }
}

/**
 * A name for something unfinished in `folder`. It carries this process's id, so that `sweepTemporary` can
 * tell leftovers of a dead process from files that a living one is writing.
 */
export function temporaryName(folder: string): string {
  return join(folder, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
}

/** Removes what dead processes left unfinished in `folder`; resolves to how many that were. */
export async function sweepTemporary(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const orphans = names.filter((name) => {
    const pid = /^\.tmp-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !otherProcessLives(Number(pid));
  });
  for (const name of orphans) await removeFolder(join(folder, name));
  return orphans.length;
}

/** In a container every boot's process has the same id: files with this process's id are from an earlier boot. */
function otherProcessLives(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/**
 * Moves a finished folder to its final path. If that path already has a folder with content, the new folder is removed:
 * with content addresses both are equal. Resolves to whether it was moved.
 */
export async function moveIntoPlace(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    await removeFolder(from);
    return false;
  }
}

/** Renames a file or a folder; resolves to whether it was there. */
export async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/** Removes a folder with its content, also without write permission. A missing folder is not an error. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (errnoOf(error) !== 'EACCES' && errnoOf(error) !== 'EPERM') throw error;
    await makeReadable(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Adds what lets everybody read: `r` for all to files and folders, `x` for all to folders and to files that
 * their owner may execute. `more` is added to folders. Links are left alone.
 */
export async function makeReadable(folder: string, more = 0): Promise<void> {
  await allow(folder, (await lstat(folder)).mode, 0o555 | more);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path, more);
    if (!entry.isFile()) continue;
    const { mode } = await lstat(path);
    await allow(path, mode, mode & 0o100 ? 0o555 : 0o444);
  }
}

/** Total size of the files below a folder, in bytes; links do not count. */
export async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sizeBytes += await sizeOf(path);
    else if (entry.isFile()) sizeBytes += (await lstat(path)).size;
  }
  return sizeBytes;
}

async function allow(path: string, mode: number, bits: number): Promise<void> {
  if ((mode & bits) !== bits) await chmod(path, (mode & 0o777) | bits);
}

/**
 * Makes a hard link, which takes no space and shares the page cache. Copies content and mode if the system refuses one:
 * for files of another owner, on a file system without links, or beyond the number that it allows. Resolves to whether
 * it is a link.
 */
export async function linkOrCopy(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (!['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, (await lstat(source)).mode & 0o777);
    return false;
  }
}
