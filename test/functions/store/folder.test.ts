import { mkdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../../../src/aws/limits';
import { copyEntries, listFolder } from '../../../src/functions/store/folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let root: string;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  root = join(folder.path, 'root');
  write('root/app.py', 'A');
});

afterEach(() => folder[Symbol.asyncDispose]());

function write(path: string, content: string): void {
  const full = join(folder.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

const list = async () =>
  (await listFolder(root, '/nowhere')).map(({ path, kind, target }) => [path, kind, target]);

test('entries are sorted, parents first', async () => {
  for (const path of ['b/z', 'b/a/x', 'a', 'c.txt']) write(`root/${path}`, '');
  expect(await list()).toEqual([
    ['a', 'file', ''],
    ['app.py', 'file', ''],
    ['b', 'folder', ''],
    ['b/a', 'folder', ''],
    ['b/a/x', 'file', ''],
    ['b/z', 'file', ''],
    ['c.txt', 'file', ''],
  ]);
});

test('links that stay within and links that lead nowhere are kept', async () => {
  write('root/lib/x', '');
  symlinkSync('lib/x', join(root, 'within'));
  symlinkSync('../app.py', join(root, 'lib/up'));
  symlinkSync('/opt/nowhere/at/all', join(root, 'nowhere'));
  expect((await list()).filter(([, kind]) => kind === 'link')).toEqual([
    ['lib/up', 'link', '../app.py'],
    ['nowhere', 'link', '/opt/nowhere/at/all'],
    ['within', 'link', 'lib/x'],
  ]);
});

test('links that lead out are followed, as packers follow them', async () => {
  write('shared/index.js', 'S');
  write('shared/lib/x.js', 'X');
  symlinkSync('lib/x.js', join(folder.path, 'shared/alias'));
  symlinkSync('../shared', join(root, 'shared'));
  symlinkSync('../shared/index.js', join(root, 'single.js'));
  expect(await list()).toEqual([
    ['app.py', 'file', ''],
    ['shared', 'folder', ''],
    ['shared/alias', 'link', 'lib/x.js'],
    ['shared/index.js', 'file', ''],
    ['shared/lib', 'folder', ''],
    ['shared/lib/x.js', 'file', ''],
    ['single.js', 'file', ''],
  ]);
  const copy = join(folder.path, 'copy');
  mkdirSync(copy);
  await copyEntries(await listFolder(root, '/nowhere'), copy);
  expect(readFileSync(join(copy, 'shared/lib/x.js'), 'utf8')).toBe('X');
  expect(readlinkSync(join(copy, 'shared/alias'))).toBe('lib/x.js');
});

test('absolute links stay, also where this machine has such a path, and none is followed in the store', async () => {
  write('secret', 'S');
  symlinkSync(join(folder.path, 'secret'), join(root, 'absolute'));
  symlinkSync('../secret', join(root, 'relative'));
  const kinds = async (follows: boolean) =>
    (await listFolder(root, '/nowhere', follows)).map(({ path, kind }) => `${path} ${kind}`);
  expect(await kinds(true)).toEqual(['absolute link', 'app.py file', 'relative file']);
  expect(await kinds(false)).toEqual(['absolute link', 'app.py file', 'relative link']);
});

test('a link to a folder above is refused: it has no end', async () => {
  symlinkSync('../..', join(root, 'up'));
  await expect(listFolder(root, '/nowhere')).rejects.toMatchObject({ kind: 'unsafe' });
  await expect(listFolder(root, '/nowhere')).rejects.toThrow(
    /up is a link to a folder that it lies in; remove it/,
  );
});

test('two packages that link to each other are refused as well', async () => {
  write('one/x', '');
  write('two/x', '');
  symlinkSync('../two', join(folder.path, 'one/two'));
  symlinkSync('../one', join(folder.path, 'two/one'));
  symlinkSync('../one', join(root, 'one'));
  await expect(listFolder(root, '/nowhere')).rejects.toMatchObject({ kind: 'unsafe' });
});

test('a folder beyond Lambda`s limit is refused before a byte of it is copied', async () => {
  write('root/huge', '');
  truncateSync(join(root, 'huge'), limits.unzippedBytes + 1);
  await expect(listFolder(root, '/nowhere')).rejects.toMatchObject({ kind: 'too-large' });
});
