import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** Content of an entry, or more about it. `null` is a folder. */
export type ZipContent =
  | string
  | Buffer
  | null
  | { content: string | Buffer; mode?: number; stored?: boolean };

/** A zip of these entries, by path; links are entries of mode 0o120777 whose content is the target. */
export async function zipOf(entries: Readonly<Record<string, ZipContent>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, each] of Object.entries(entries)) {
    if (each === null) zip.addEmptyDirectory(path);
    else {
      const { content, mode, stored } =
        typeof each === 'string' || Buffer.isBuffer(each)
          ? { content: each, mode: undefined, stored: false }
          : each;
      zip.addBuffer(Buffer.from(content), path, { mode: mode ?? 0o100644, compress: !stored });
    }
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** The zip with every occurrence of some bytes replaced by as many others: what no packer would write. */
export function patched(zip: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const [before, after] = [Buffer.from(from), Buffer.from(to)];
  if (before.length !== after.length) throw new Error('Both have to be of one length.');
  const copy = Buffer.from(zip);
  let found = copy.indexOf(before);
  if (found < 0) throw new Error('There is nothing to replace.');
  for (; found >= 0; found = copy.indexOf(before, found + 1)) after.copy(copy, found);
  return copy;
}

/** The zip with a field of its first central directory entry replaced; offsets as in the format's description. */
export function withCentralField(zip: Buffer, offset: number, bytes: 2 | 4, value: number): Buffer {
  const copy = Buffer.from(zip);
  const central = copy.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  copy.writeUIntLE(value, central + offset, bytes);
  return copy;
}
