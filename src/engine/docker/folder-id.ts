import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../lib/errno';

/**
 * The id of a data folder, 16 hex digits, made at the folder's first use. The path does not identify it: in containers
 * all data folders have the same path.
 */
export async function folderId(dataFolder: string): Promise<string> {
  const file = join(dataFolder, 'folder-id');
  const read = () => readFile(file, 'utf8').catch(() => '');
  const present = await read();
  if (present !== '') return present;
  await mkdir(dataFolder, { recursive: true });
  const id = randomBytes(8).toString('hex');
  const unfinished = `${file}.${id}`;
  await writeFile(unfinished, id);
  try {
    // Unlike a rename, a link does not replace a file that another lambdock has written meanwhile.
    await link(unfinished, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  return read();
}
