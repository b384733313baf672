import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, readlink, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Header, Pack } from 'tar-stream';
import { errnoOf } from '../../../lib/errno';
import { EngineError } from '../../engine';

/** An archive entry, from disk or from memory. `path` is relative, with `/`. */
export type ArchiveEntry =
  /** A file or a folder. `includes` gets a file's path in the archive and returns whether to pack it. */
  | { readonly path: string; readonly source: string; readonly includes?: (path: string) => boolean }
  | { readonly path: string; readonly content: string | Buffer }
  /** An empty folder. */
  | { readonly path: string };

/** Time of all files, so that equal files make equal archives. Zip files cannot store times before 1980. */
const packedAt = new Date('2000-01-01T00:00:00Z');

type HeaderArgument = Partial<Header> & Pick<Header, 'name'>;

/** Resolves when the archive has taken the entry. */
function add(archive: Pack, header: HeaderArgument, content: string | Buffer | Readable = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const all = { mtime: packedAt, uid: 0, gid: 0, ...header };
    if (!(content instanceof Readable)) {
      archive.entry(all, content, done);
      return;
    }
    const sink = archive.entry(all, (error) => {
      content.destroy();
      done(error);
    });
    content.on('error', reject).pipe(sink);
  });
}

async function addFromDisk(
  archive: Pack,
  name: string,
  source: string,
  includes: (path: string) => boolean,
): Promise<void> {
  const stats = await lstat(source);
  if (stats.isDirectory()) {
    if (name !== '.') await add(archive, { name, type: 'directory', mode: 0o755 });
    for (const child of (await readdir(source)).sort()) {
      await addFromDisk(archive, path.posix.join(name, child), path.join(source, child), includes);
    }
  } else if (!includes(name)) {
    return;
  } else if (stats.isSymbolicLink()) {
    await add(archive, { name, type: 'symlink', linkname: await readlink(source), mode: 0o777 });
  } else if (stats.isFile()) {
    const mode = stats.mode & 0o100 ? 0o755 : 0o644;
    await add(archive, { name, size: stats.size, mode }, createReadStream(source));
  }
}

/** Packs the entries in order as a tar stream. All files belong to root and have the same time. */
export function packed(entries: readonly ArchiveEntry[]): Readable {
  return Readable.from(pieces(entries), { objectMode: false });
}

async function* pieces(entries: readonly ArchiveEntry[]): AsyncGenerator<Buffer> {
  // Loaded at first use, since most runs make no image.
  const { pack } = await import('tar-stream');
  const archive = pack();
  const fill = async () => {
    for (const entry of entries) {
      if ('source' in entry) {
        await addFromDisk(archive, entry.path, entry.source, entry.includes ?? (() => true));
      } else if ('content' in entry) {
        await add(archive, { name: entry.path, mode: 0o644 }, entry.content);
      } else {
        await add(archive, { name: entry.path, type: 'directory', mode: 0o755 });
      }
    }
    archive.finalize();
  };
  fill().catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  yield* archive as AsyncIterable<Buffer>;
}

function refused(name: string, why: string): EngineError {
  return new EngineError('refused', `Cannot unpack an archive: its entry "${name}" ${why}.`);
}

/** The path of an entry inside `folder`, as a list of names. */
function namesOf(name: string): string[] {
  const names = name.split('/').filter((each) => each !== '' && each !== '.');
  if (name.startsWith('/') || names.includes('..')) throw refused(name, 'is outside of its folder');
  return names;
}

/** Whether a link is allowed: its target must be in the archive, or where a sandbox mounts layers. */
function linksInside(names: readonly string[], target: string): boolean {
  if (target.startsWith('/')) return path.posix.normalize(target).startsWith('/opt/');
  const place = path.posix.join('/', 'archive', ...names.slice(0, -1), target);
  return place === '/archive' || place.startsWith('/archive/');
}

/**
 * Unpacks a tar stream into an existing empty folder. All users can read the files, which belong to this user; times
 * are kept. Throws an EngineError of kind `refused` for devices, and for writes outside the folder or through a link.
 */
export async function unpack(archive: NodeJS.ReadableStream, folder: string): Promise<void> {
  /** Folders that this call created, so they are not links. */
  const made = new Set<string>();
  const folderOf = async (names: readonly string[]): Promise<string> => {
    const place = path.join(folder, ...names);
    if (names.length > 0 && !made.has(place)) {
      await folderOf(names.slice(0, -1));
      await mkdir(place).catch(async () => {
        if (!(await lstat(place)).isDirectory())
          throw refused(names.join('/'), 'is both a folder and something else');
      });
      await chmod(place, 0o755);
      made.add(place);
    }
    return place;
  };
  const write = async (header: Header, content: Readable): Promise<void> => {
    const names = namesOf(header.name);
    const last = names.at(-1);
    if (header.type === 'directory' || last === undefined) {
      await folderOf(names);
      return;
    }
    const place = path.join(await folderOf(names.slice(0, -1)), last);
    if (header.type === 'file' || header.type === 'contiguous-file') {
      const mode = ((header.mode ?? 0o644) & 0o777) | 0o444;
      // wx: an existing file is not overwritten, and an existing link is not followed.
      await pipeline(content, createWriteStream(place, { flags: 'wx' })).catch((error: unknown) => {
        throw errnoOf(error) === 'EEXIST' ? refused(header.name, 'is in the archive twice') : error;
      });
      await chmod(place, mode);
      if (header.mtime) await utimes(place, header.mtime, header.mtime);
    } else if (header.type === 'symlink') {
      const target = header.linkname ?? '';
      if (!linksInside(names, target)) throw refused(header.name, `links to ${target}, outside of it`);
      await symlink(target, place);
    } else if (header.type === 'link') {
      await linkWithin(header);
    } else {
      throw refused(header.name, `is a ${header.type ?? 'file of unknown kind'}`);
    }
  };
  const linkWithin = async ({ name, linkname }: Header): Promise<void> => {
    const [from, to] = [namesOf(linkname ?? ''), namesOf(name)];
    const source = path.join(await folderOf(from.slice(0, -1)), from.at(-1) ?? '.');
    if (!(await lstat(source)).isFile()) throw refused(name, `links to ${linkname}, which is not a file`);
    await link(source, path.join(folder, ...to));
  };

  // An archive that fails before it is read also fails in the pipeline.
  archive.on('error', () => undefined);
  const { extract } = await import('tar-stream');
  const reader = extract();
  const read = async () => {
    for await (const entry of reader) {
      await write(entry.header, Readable.from(entry, { objectMode: false }));
      entry.resume();
    }
  };
  await Promise.all([pipeline(archive, reader), read()]);
}
