import { chmod, mkdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipFolder } from '../../../src/functions/store/folder-zip';
import { Store } from '../../../src/functions/store/store';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test('a zipped folder unpacks as it was: names, modes, links; what tools left is not in it', async () => {
  await using folder = await TemporaryFolder.make();
  const source = join(folder.path, 'source');
  await mkdir(join(source, 'lib'), { recursive: true });
  await mkdir(join(source, 'empty'));
  await mkdir(join(source, '.git'));
  await mkdir(join(source, '__pycache__'));
  await writeFile(join(source, 'app.py'), 'print(1)');
  await writeFile(join(source, 'lib', 'run'), '#!/bin/sh');
  await chmod(join(source, 'lib', 'run'), 0o700);
  await writeFile(join(source, '.git', 'config'), '');
  await writeFile(join(source, '__pycache__', 'app.pyc'), '');
  await symlink('app.py', join(source, 'alias.py'));
  const { zip, files } = await zipFolder(source);
  expect(files).toBe(2);
  const store = await Store.open(join(folder.path, 'data'));
  const unpacked = await store.addZip('code', zip);
  const at = (path: string) => join(unpacked.folder, path);
  expect(await readFile(at('app.py'), 'utf8')).toBe('print(1)');
  expect((await stat(at('lib/run'))).mode & 0o777).toBe(0o755);
  expect((await stat(at('empty'))).isDirectory()).toBe(true);
  expect(await readlink(at('alias.py'))).toBe('app.py');
  await expect(stat(at('.git'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(stat(at('__pycache__'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the same content is the same zip, whenever it was written', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'app.py');
  await writeFile(file, 'print(1)');
  const { zip: before } = await zipFolder(folder.path);
  await utimes(file, 1_000_000_000, 1_000_000_000);
  expect((await zipFolder(folder.path)).zip.equals(before)).toBe(true);
  await writeFile(file, 'print(2)');
  expect((await zipFolder(folder.path)).zip.equals(before)).toBe(false);
});

test('refuses an empty folder and a missing one', async () => {
  await using folder = await TemporaryFolder.make();
  await expect(zipFolder(folder.path)).rejects.toThrow('has no files');
  await expect(zipFolder(join(folder.path, 'gone'))).rejects.toThrow('cannot be read (ENOENT)');
});
