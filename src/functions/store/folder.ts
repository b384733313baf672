import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  chmodSync,
  constants,
  createReadStream,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { limits } from '../../aws/limits';
import { errnoOf } from '../../lib/errno';
import { smallFileBytes, writeSmallFile } from '../../lib/files';
import { ownOutputs } from '../../lib/own-output';
import { BundleError, maxEntries } from './bundle';

/** Something in a folder that is to become a bundle. */
export interface FolderEntry {
  /** Within the bundle, with `/`. */
  readonly path: string;
  /** Where it is read from; for what was reached through a link, behind the link. */
  readonly source: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** As it will be in the bundle. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Of a link. */
  readonly target: string;
  /** Changes whenever the file is written, replaced or given another mode. */
  readonly stamp: string;
  readonly changedMs: number;
}

/** Left by tools that work in a folder; never part of what is deployed. */
export const ignoredNames: ReadonlySet<string> = new Set(['.git', '.lambdock', '__pycache__', '.DS_Store']);

/** How much is done between two turns of the event loop: a few milliseconds' worth. */
const looksPerTurn = 250;
const writesPerTurn = 16;

/**
 * Lists a folder, sorted, parents first. Links within the folder stay links, and so do absolute ones, which lead to a
 * place of the sandbox. A relative one that leads out of the folder is followed, as zip programs follow it, so that
 * workspaces' linked packages are deployed; one that leads nowhere stays.
 * @param without absolute path of a folder that is left out (the store, when it lies in the code's folder)
 * @param follows whether links are followed at all: not in a folder of the store, whose links are of a sandbox
 * @throws {BundleError} when it is not there, empty or too large
 */
export async function listFolder(root: string, without: string, follows = true): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  let sizeBytes = 0;
  let sinceTurn = 0;
  const isOwnOutput = ownOutputs();

  const add = (path: string, source: string, kind: FolderEntry['kind'], stats: BigIntStats, target = '') => {
    const executable = kind === 'folder' || (stats.mode & 0o111n) !== 0n;
    sizeBytes += kind === 'file' ? Number(stats.size) : 0;
    entries.push({
      path,
      source,
      kind,
      // Every user may read what a folder holds, whatever the umask of its writer.
      mode: executable ? 0o755 : 0o644,
      sizeBytes: kind === 'file' ? Number(stats.size) : 0,
      changedMs: Number(stats.ctimeMs),
      target,
      stamp: `${stats.mode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`,
    });
    if (sizeBytes > limits.unzippedBytes || entries.length > maxEntries) throw tooLarge(root);
  };

  /** `within` is the folder that links may stay in: the root, or what the last followed link led to. */
  const walk = async (
    folder: string,
    prefix: string,
    within: string,
    above: readonly string[],
  ): Promise<void> => {
    for (const name of readdirSync(folder).sort()) {
      const source = join(folder, name);
      if (ignoredNames.has(name) || source === without) continue;
      const path = `${prefix}${name}`;
      const stats = lstatSync(source, { bigint: true });
      // It grows with every line that is printed, so that it would be another code each time.
      if (stats.isFile() && isOwnOutput(stats)) continue;
      if (stats.isFile()) add(path, source, 'file', stats);
      else if (stats.isDirectory()) {
        add(path, source, 'folder', stats);
        await walk(source, `${path}/`, within, above);
      } else if (stats.isSymbolicLink()) await followOrKeep(source, path, within, stats, above);
      // Sockets, pipes and devices cannot be packaged, and zip programs leave them out as well.
      if (++sinceTurn % looksPerTurn === 0) await setImmediate();
    }
  };

  const followOrKeep = async (
    source: string,
    path: string,
    within: string,
    stats: BigIntStats,
    above: readonly string[],
  ): Promise<void> => {
    const target = readlinkSync(source);
    const stays = !follows || isAbsolute(target) || isWithin(within, resolve(dirname(source), target));
    const real = stays ? undefined : statSync(source, { bigint: true, throwIfNoEntry: false });
    if (real?.isFile()) add(path, source, 'file', real);
    else if (real?.isDirectory()) {
      const led = realpathSync(source);
      if ([...above, realpathSync(dirname(source))].some((folder) => isWithin(led, folder))) {
        throw new BundleError('unsafe', `${source} is a link to a folder that it lies in; remove it.`);
      }
      add(path, led, 'folder', real);
      await walk(led, `${path}/`, led, [...above, realpathSync(dirname(source))]);
    } else add(path, source, 'link', stats, target);
  };

  try {
    await walk(root, '', root, []);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined || error instanceof BundleError) throw error;
    throw new BundleError('missing', `${root} cannot be read (${code}).`, { cause: error });
  }
  if (!entries.some((entry) => entry.kind === 'file'))
    throw new BundleError('empty', `${root} holds no file.`);
  return entries;
}

function tooLarge(root: string): BundleError {
  return new BundleError(
    'too-large',
    `${root} holds more than ${limits.unzippedBytes} bytes or ${maxEntries} entries, which is Lambda's limit; ` +
      'leave out what the function does not need, or package it as an image.',
  );
}

/** What a file looked like when it was copied, and the hash of its content. */
interface CopiedFile {
  readonly stamp: string;
  readonly digest: Buffer;
}

/** An earlier copy of the same source: files that look as they did then are linked from there, and not read again. */
export interface EarlierCopy {
  readonly folder: string;
  readonly files: ReadonlyMap<string, CopiedFile>;
}

export interface FolderCopy {
  /** Over names, modes and bytes of what lies there now, in hex. */
  readonly hash: string;
  readonly files: ReadonlyMap<string, CopiedFile>;
}

/** Copies listed entries below `target`, which exists and is empty. */
export async function copyEntries(
  entries: readonly FolderEntry[],
  target: string,
  earlier?: EarlierCopy,
): Promise<FolderCopy> {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  for (const entry of folders) mkdirSync(join(target, entry.path));
  const hash = createHash('sha256');
  const files = new Map<string, CopiedFile>();
  let sinceTurn = 0;
  for (const entry of entries) {
    const copy = join(target, entry.path);
    hash.update(`${entry.kind} ${entry.mode.toString(8)} ${entry.path}\0${entry.target}\0`);
    if (entry.kind === 'link') symlinkSync(entry.target, copy);
    if (entry.kind === 'file') {
      const digest = linkUnchanged(entry, copy, earlier) ?? (await copyOne(entry, copy));
      files.set(entry.path, { stamp: entry.stamp, digest });
      hash.update(digest);
    }
    if (++sinceTurn % writesPerTurn === 0) await setImmediate();
  }
  for (const entry of folders) chmodSync(join(target, entry.path), entry.mode);
  chmodSync(target, 0o755);
  return { hash: hash.digest('hex'), files };
}

/** The hash of a file that is as it was; undefined for another, and where the system refuses the link. */
function linkUnchanged(entry: FolderEntry, copy: string, earlier?: EarlierCopy): Buffer | undefined {
  const known = earlier?.files.get(entry.path);
  if (earlier === undefined || known?.stamp !== entry.stamp) return undefined;
  try {
    linkSync(join(earlier.folder, entry.path), copy);
    return known.digest;
  } catch {
    return undefined;
  }
}

async function copyOne(entry: FolderEntry, copy: string): Promise<Buffer> {
  const hash = createHash('sha256');
  if (entry.sizeBytes <= smallFileBytes) {
    const content = readFileSync(entry.source);
    writeSmallFile(copy, content, entry.mode);
    return hash.update(content).digest();
  }
  // A reflink shares blocks, not the file: what the user edits later does not change the copy.
  await copyFile(entry.source, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, entry.mode);
  for await (const chunk of createReadStream(copy)) hash.update(chunk);
  return hash.digest();
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
