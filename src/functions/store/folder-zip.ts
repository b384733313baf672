import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { listFolder } from './folder';

/** The earliest time in a zip. All files have it, so that equal content makes equal zips. */
const written = new Date(1980, 0, 1);

const types = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

/**
 * Zips a folder, without files of tools (see `ignoredNames`), like a template's code folder.
 * @param follows as for `listFolder`
 * @throws {BundleError} if it does not exist, is empty or is too large
 */
export async function zipFolder(
  folder: string,
  follows = true,
): Promise<{ readonly zip: Buffer; readonly files: number }> {
  const entries = await listFolder(folder, '', follows);
  const zip = new ZipFile();
  const bytes = buffer(zip.outputStream);
  for (const { path, source, kind, mode, target } of entries) {
    const options = { mtime: written, mode: types[kind] | mode };
    if (kind === 'folder') zip.addEmptyDirectory(path, options);
    else zip.addBuffer(kind === 'link' ? Buffer.from(target) : readFileSync(source), path, options);
  }
  zip.end();
  return { zip: await bytes, files: entries.filter(({ kind }) => kind === 'file').length };
}
