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

/** An entry of a folder that becomes a bundle. */
export interface FolderEntry {
  /** Within the bundle, with `/`. */
  readonly path: string;
  /** Path that it is read from; behind a followed link, the link's target. */
  readonly source: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Mode in the bundle. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Of a link. */
  readonly target: string;
  /** Changes when the file is written or replaced, or its mode changes. */
  readonly stamp: string;
  readonly changedMs: number;
}

/** Names of tools' files, which are never deployed. */
export const ignoredNames: ReadonlySet<string> = new Set(['.git', '.lambdock', '__pycache__', '.DS_Store']);

/** Entries per turn of the event loop: a few milliseconds of work. */
const looksPerTurn = 250;
const writesPerTurn = 16;

/**
 * Lists a folder, sorted, parents first. Links within the folder stay links; so do absolute links, which are paths of
 * the sandbox, and broken ones. Relative links out of the folder are followed, as zip programs do, so that workspaces'
 * linked packages are deployed.
 * @param without absolute path of a folder to skip (the store, if it is in the code's folder)
 * @param follows whether links are followed; not in a folder of the store, whose links are paths of a sandbox
 * @throws {BundleError} if it does not exist, is empty or is too large
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
      // Readable for all users, independent of the writer's umask.
      mode: executable ? 0o755 : 0o644,
      sizeBytes: kind === 'file' ? Number(stats.size) : 0,
      changedMs: Number(stats.ctimeMs),
      target,
      stamp: `${stats.mode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`,
    });
    if (sizeBytes > limits.unzippedBytes || entries.length > maxEntries) throw tooLarge(root);
  };

  /** `within` is the folder in which links stay links: the root, or the target of the last followed link. */
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
      // lambdock's own log file grows with every line, so the code would change each time.
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
    throw new BundleError('empty', `${root} has no files. Name a folder with code.`);
  return entries;
}

function tooLarge(root: string): BundleError {
  return new BundleError(
    'too-large',
    `${root} holds more than ${limits.unzippedBytes} bytes or ${maxEntries} entries, which is Lambda's limit; ` +
      'leave out what the function does not need, or package it as an image.',
  );
}

/** A file's stamp at the time of the copy, and the hash of its content. */
interface CopiedFile {
  readonly stamp: string;
  readonly digest: Buffer;
}

/** An earlier copy of the same source: unchanged files are linked from it and not read again. */
export interface EarlierCopy {
  readonly folder: string;
  readonly files: ReadonlyMap<string, CopiedFile>;
}

export interface FolderCopy {
  /** Hash of names, modes and bytes of the current content, in hex. */
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

/** The hash of an unchanged file; undefined if it has changed or the system refuses the link. */
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
  // A reflink shares blocks, not the file: later edits do not change the copy.
  await copyFile(entry.source, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, entry.mode);
  for await (const chunk of createReadStream(copy)) hash.update(chunk);
  return hash.digest();
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
