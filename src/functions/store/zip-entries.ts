import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { limits } from '../../aws/limits';
import { BundleError, maxEntries } from './bundle';

/** A zip entry whose name and kind have been checked. */
export interface ZipEntry {
  /** Within the bundle, normalised, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly modified: Date;
  readonly source: Entry;
}

/** File type bits of `st_mode`, which zips from Unix contain. */
const typeBits = 0o170000;
const types: ReadonlyMap<number, ZipEntry['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'link'],
]);

/** Limits of Linux file systems, in bytes. */
const longest = { name: 255, path: 4_095 - 255, link: 4_096 };

/** With Lambda's text. */
export function tooLarge(name: string): BundleError {
  return new BundleError(
    'too-large',
    `Unzipped size must be smaller than ${limits.unzippedBytes} bytes (${name}).`,
  );
}

/** Call it with the archive's declared number of entries before they are read. @throws {BundleError} */
export function checkCount(entries: number, name: string): void {
  if (entries <= maxEntries) return;
  throw new BundleError('too-large', `${name} must have at most ${maxEntries} entries, got ${entries}.`);
}

/**
 * Checks all entries of a zip. Adds implied folders. Of two entries with the same name, the later one counts. Parents
 * come before their content.
 * @throws {BundleError}
 */
export function checkEntries(listed: readonly Entry[], name: string): readonly ZipEntry[] {
  const sizeBytes = listed.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (sizeBytes > limits.unzippedBytes) throw tooLarge(name);
  if (listed.length > maxEntries) {
    throw new BundleError(
      'too-large',
      `${name} must have at most ${maxEntries} entries, got ${listed.length}.`,
    );
  }
  const entries = new Map<string, ZipEntry>();
  for (const source of listed) {
    const entry = checkEntry(source, name);
    if (entry.path !== '') entries.set(entry.path, entry);
  }
  const folders = impliedFolders(entries, name);
  const files = [...entries.values()].filter((entry) => entry.kind !== 'folder');
  if (files.length === 0) throw new BundleError('empty', `${name} has no files. Pack the code again.`);
  return [...folders, ...files];
}

function checkEntry(source: Entry, name: string): ZipEntry {
  const { fileName } = source;
  const refuse = (why: string): never => {
    throw new BundleError(
      'unsafe',
      `${name} has an entry ${JSON.stringify(fileName)} that ${why}. Pack it again.`,
    );
  };
  const path = posix.normalize(fileName).replace(/^\.?\/+$|^\.$|\/+$/g, '');
  if (fileName.includes('\0')) refuse('has a zero byte in its name');
  if (posix.isAbsolute(fileName) || path.split('/').includes('..')) refuse('leads out of the archive');
  if (path.length > longest.path || path.split('/').some((part) => Buffer.byteLength(part) > longest.name)) {
    refuse('has a name that is too long');
  }
  if (source.isEncrypted()) refuse('is encrypted');
  const { mode, kind } = modeOf(source);
  if (kind === undefined) return refuse('is neither a file nor a folder nor a link');
  if (kind === 'link' && source.uncompressedSize >= longest.link)
    refuse('is a link to a name that is too long');
  if (fileName.endsWith('/') !== (kind === 'folder')) refuse('is a folder by its name or its type only');
  return { path, kind, mode, modified: source.getLastModDate(), source };
}

/** Archives without modes, as from Windows and some libraries, get the modes of a usual umask. */
function modeOf(source: Entry): { mode: number; kind: ZipEntry['kind'] | undefined } {
  const fromUnix = [3, 19].includes(source.versionMadeBy >>> 8);
  const mode = fromUnix ? source.externalFileAttributes >>> 16 : 0;
  const named = source.fileName.endsWith('/') ? 'folder' : 'file';
  const kind = (mode & typeBits) === 0 ? named : types.get(mode & typeBits);
  const permissions = mode & 0o777;
  if (kind === 'folder') return { kind, mode: (permissions || 0o755) | 0o700 };
  return { kind, mode: mode === 0 ? 0o644 : permissions };
}

/** All folders, sorted, parents first. A path must not be a folder for one entry and a file for another. */
function impliedFolders(entries: ReadonlyMap<string, ZipEntry>, name: string): ZipEntry[] {
  const folders = new Map<string, ZipEntry>();
  for (const entry of entries.values()) {
    if (entry.kind === 'folder') folders.set(entry.path, entry);
    for (let path = posix.dirname(entry.path); path !== '.'; path = posix.dirname(path)) {
      const listed = entries.get(path);
      if (listed !== undefined && listed.kind !== 'folder') {
        throw new BundleError(
          'unsafe',
          `${name} has ${path} both as a ${listed.kind} and as a folder. Pack it again.`,
        );
      }
      if (!folders.has(path)) folders.set(path, listed ?? { ...entry, path, kind: 'folder', mode: 0o755 });
    }
  }
  return [...folders.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** A link may have any target: it is a path of the sandbox, and lambdock does not follow it. */
export function checkLink(entry: ZipEntry, to: string, name: string): void {
  if (to !== '' && !to.includes('\0')) return;
  throw new BundleError(
    'unsafe',
    `${name} has a link ${JSON.stringify(entry.path)} to ${JSON.stringify(to)}, which is not a path. Pack it again without the link.`,
  );
}

/**
 * The name of an entry. Without the UTF-8 flag, valid UTF-8 is still read as UTF-8, since macOS and others do not set
 * the flag. Other bytes are in the code page of DOS, as the format defines.
 */
export function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const hasUnicodePath = extraFields.some(({ id }) => id === 0x7075);
  if (!hasUnicodePath && isUtf8(fileNameRaw)) return fileNameRaw.toString();
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
}
