import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { fromBufferPromise, fromFdPromise } from 'yauzl';
import { limits } from '../aws/limits';
import { parallel } from '../lib/parallel';
import { BundleError } from './bundle';
import { checkCount, checkEntries, checkLink, type ZipEntry } from './zip-entries';

/** Up to this size a file is put together in memory, which takes half the time of a stream. */
const smallBytes = 1_048_576;

/** Lambda's own words for a zip that cannot be read, with what is wrong behind them. */
const unreadable = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

/**
 * Unpacks a zip into `target`, which exists and is empty. Everything is checked in the directory before the
 * first byte is written, and sizes and checksums again while writing. Modes are kept, as Lambda keeps them,
 * but for set-user-id bits: those would count on the machine that the store lies on.
 * @param zip the file's descriptor, or all of its bytes
 * @returns the sum of the files' sizes in bytes
 * @throws {BundleError}
 */
export async function unpackZip(zip: number | Buffer, name: string, target: string): Promise<number> {
  try {
    const options = { autoClose: false };
    const file = await (typeof zip === 'number'
      ? fromFdPromise(zip, options)
      : fromBufferPromise(zip, options));
    checkCount(file.entryCount, name);
    const listed: Entry[] = [];
    for await (const entry of file.eachEntry()) listed.push(entry);
    return await unpack(file, checkEntries(listed, name), name, target);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BundleError('broken', `${unreadable} (${name}: ${reason})`, { cause: error });
  }
}

async function unpack(
  file: ZipFile,
  entries: readonly ZipEntry[],
  name: string,
  target: string,
): Promise<number> {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const links: { path: string; to: string }[] = [];
  let sizeBytes = 0;
  const count = (bytes: number) => {
    sizeBytes += bytes;
    if (sizeBytes > limits.unzippedBytes) {
      throw new BundleError(
        'too-large',
        `Unzipped size must be smaller than ${limits.unzippedBytes} bytes (${name}).`,
      );
    }
  };

  for (const folder of folders) await mkdir(join(target, folder.path), { recursive: true });
  await parallel(entries, 8, async (entry) => {
    if (entry.kind === 'folder') return;
    const path = join(target, entry.path);
    const content = await file.openReadStreamPromise(entry.source);
    if (entry.kind === 'link') {
      const to = (await gather(entry, content, () => undefined)).toString();
      checkLink(entry, to, name);
      links.push({ path, to });
      return;
    }
    if (entry.source.uncompressedSize <= smallBytes)
      await writeFile(path, await gather(entry, content, count));
    else
      await pipeline(content, (chunks: Readable) => counted(entry, chunks, count), createWriteStream(path));
    await chmod(path, entry.mode);
    await utimes(path, entry.modified, entry.modified);
  });
  // Last, so that nothing was written through one.
  for (const { path, to } of links) await symlink(to, path);
  // Innermost first: a folder may forbid its owner to look into it.
  for (const folder of folders.toReversed()) await chmod(join(target, folder.path), folder.mode);
  await chmod(target, 0o755);
  return sizeBytes;
}

async function gather(entry: ZipEntry, content: Readable, count: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of counted(entry, content, count)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Passes chunks on, tells their sizes, and fails at the end where the checksum is another one. */
async function* counted(
  entry: ZipEntry,
  content: Readable,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  let sum = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    count(bytes.length);
    sum = crc32(bytes, sum);
    yield bytes;
  }
  if (sum !== entry.source.crc32) throw new Error(`the checksum of ${entry.path} is wrong`);
}
