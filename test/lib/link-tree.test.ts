import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkTree, moveEntries } from '../../src/lib/link-tree';
import { TemporaryFolder } from '../support/lib/temporary-folder';

/** A tree with a link, a nested folder and a folder that its owner may not write. */
async function tree(folder: string): Promise<string> {
  const source = join(folder, 'source');
  await mkdir(join(source, 'closed', 'deep'), { recursive: true });
  await writeFile(join(source, 'file'), 'one', { mode: 0o644 });
  await writeFile(join(source, 'closed', 'deep', 'run'), 'two', { mode: 0o755 });
  await symlink('../elsewhere', join(source, 'link'));
  await chmod(join(source, 'closed'), 0o555);
  return source;
}

async function isWhole(folder: string): Promise<void> {
  expect((await readdir(folder)).sort()).toEqual(['closed', 'file', 'link']);
  expect(await readFile(join(folder, 'closed', 'deep', 'run'), 'utf8')).toBe('two');
  expect((await stat(join(folder, 'closed'))).mode & 0o777).toBe(0o555);
  expect(await readlink(join(folder, 'link'))).toBe('../elsewhere');
}

test('a linked tree has the same files, modes and links', async () => {
  await using folder = await TemporaryFolder.make();
  const source = await tree(folder.path);
  const target = join(folder.path, 'target');
  await mkdir(target);
  expect(await linkTree(source, target)).toBe(true);
  await isWhole(target);
  expect((await lstat(join(target, 'file'))).ino).toBe((await lstat(join(source, 'file'))).ino);
});

test('entries are moved with their modes, links as links, and the source is left empty', async () => {
  await using folder = await TemporaryFolder.make();
  const source = await tree(folder.path);
  const target = join(folder.path, 'target');
  await mkdir(target);
  await moveEntries(source, target);
  await isWhole(target);
  expect(await readdir(source)).toEqual([]);
});
