import { chmodSync, createWriteStream, mkdirSync, readSync, symlinkSync, utimesSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { fromBufferPromise, fromFdPromise } from 'yauzl';
import { limits } from '../../aws/limits';
import { smallFileBytes, writeSmallFile } from '../../lib/files';
import { parallel } from '../../lib/parallel';
import { BundleError } from './bundle';
import { checkCount, checkEntries, checkLink, nameOf, tooLarge, type ZipEntry } from './zip-entries';
import { entryWarnings } from './zip-warnings';

/** Lambda's text for a zip that cannot be read; the cause follows it. */
const unreadable = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

/**
 * Unpacks a zip into `target`, which exists and is empty. All entries are checked before the first byte is written;
 * sizes and checksums are checked again during writing. Modes are kept, as on Lambda, except set-user-id bits, which
 * would be effective on the store's machine.
 * @param zip the file's descriptor, or all of its bytes
 * @returns the sum of the files' sizes in bytes
 * @throws {BundleError}
 */
export async function unpackZip(
  zip: number | Buffer,
  name: string,
  target: string,
  /** Receives warnings about entries that are valid on Lambda but probably a mistake. */
  warn: (text: string) => void = () => undefined,
): Promise<number> {
  try {
    // Names are decoded below, since yauzl replaces backslashes by slashes.
    const options = { autoClose: false, decodeStrings: false };
    const file = await (typeof zip === 'number'
      ? fromFdPromise(zip, options)
      : fromBufferPromise(zip, options));
    checkCount(file.entryCount, name);
    const listed: Entry[] = [];
    for await (const entry of file.eachEntry()) {
      entry.fileName = nameOf(entry);
      listed.push(entry);
    }
    const entries = checkEntries(listed, name);
    for (const text of entryWarnings(entries)) warn(text);
    return await unpack(file, zip, entries, name, target);
  } catch (error) {
    // A full disk is not an error of the zip.
    if (error instanceof BundleError || (isObject(error) && 'syscall' in error)) throw error;
    const reason = isObject(error) && 'message' in error ? error.message : error;
    throw new BundleError('broken', `${unreadable} (${name}: ${reason})`, { cause: error });
  }
}

async function unpack(
  file: ZipFile,
  zip: number | Buffer,
  entries: readonly ZipEntry[],
  name: string,
  target: string,
): Promise<number> {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const links: { path: string; to: string }[] = [];
  // Compiled Python is valid only for its source's time. Without it times are not needed, and setting them takes as
  // long as writing.
  const timed = entries.some((entry) => entry.path.endsWith('.pyc'));
  let sizeBytes = 0;
  const count = (bytes: number) => {
    sizeBytes += bytes;
    if (sizeBytes > limits.unzippedBytes) throw tooLarge(name);
  };

  for (const folder of folders) mkdirSync(join(target, folder.path));
  await parallel(entries, 8, async (entry) => {
    const path = join(target, entry.path);
    if (entry.kind === 'folder') return;
    if (entry.kind === 'link') {
      const to = (await inflateSmall(file, zip, entry)).toString();
      checkLink(entry, to, name);
      links.push({ path, to });
      return;
    }
    if (entry.source.uncompressedSize <= smallFileBytes) {
      const content = await inflateSmall(file, zip, entry);
      count(content.length);
      writeSmallFile(path, content, entry.mode);
    } else await inflateLarge(file, entry, path, count);
    if (timed) utimesSync(path, entry.modified, entry.modified);
  });
  // Last, so that no file is written through a link.
  for (const { path, to } of links) symlinkSync(to, path);
  // Innermost first, since a mode may forbid the owner to enter a folder.
  for (const folder of folders.toReversed()) chmodSync(join(target, folder.path), folder.mode);
  chmodSync(target, 0o755);
  return sizeBytes;
}

/** Inflates a small file in memory: for thousands of files, streams take ten times as long. */
async function inflateSmall(
  file: ZipFile,
  zip: number | Buffer,
  { path, source }: ZipEntry,
): Promise<Buffer> {
  if (!source.canDecodeFileData()) throw new Error(`${path} is compressed with an unsupported method`);
  const { fileDataStart } = await file.readLocalFileHeaderPromise(source, { minimal: true });
  if (fileDataStart + source.compressedSize > file.fileSize) throw new Error(`${path} is cut off`);
  const packed = bytesAt(zip, fileDataStart, source.compressedSize);
  const stored = source.compressionMethod === 0;
  const content = stored ? packed : inflateRawSync(packed, { maxOutputLength: smallFileBytes });
  if (content.length !== source.uncompressedSize)
    throw new Error(`the size of ${path} differs from its header`);
  if (crc32(content) !== source.crc32) throw new Error(`the checksum of ${path} is wrong`);
  return content;
}

function bytesAt(zip: number | Buffer, start: number, length: number): Buffer {
  if (typeof zip !== 'number') return zip.subarray(start, start + length);
  const bytes = Buffer.alloc(length);
  const read = readSync(zip, bytes, 0, length, start);
  return bytes.subarray(0, read);
}

async function inflateLarge(
  file: ZipFile,
  entry: ZipEntry,
  path: string,
  count: (bytes: number) => void,
): Promise<void> {
  let sum = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      count(chunk.length);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  };
  const content = await file.openReadStreamPromise(entry.source);
  await pipeline(content, counted, createWriteStream(path, { flags: 'wx' }));
  if (sum !== entry.source.crc32) throw new Error(`the checksum of ${entry.path} is wrong`);
  await chmod(path, entry.mode);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
