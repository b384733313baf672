import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  makeReadable,
  makeWritableFolder,
  moveIntoPlace,
  removeFolder,
  renamed,
  sizeOf,
  sweepTemporary,
  temporaryName,
  writeAtomically,
  writeSmallFile,
} from '../../src/lib/files';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let folder: TemporaryFolder;
const at = (...parts: string[]) => join(folder.path, ...parts);
const modeOf = (path: string) => (lstatSync(at(path)).mode & 0o777).toString(8);

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

test('a folder is made with all above it, and where none can be made that is an error', () => {
  makeWritableFolder(at('a/b/c'));
  makeWritableFolder(at('a/b/c'));
  expect(readdirSync(at('a/b'))).toEqual(['c']);
  expect(() => makeWritableFolder('/proc/none/data')).toThrow(
    expect.objectContaining({ code: 'EPERM', path: '/proc/none' }),
  );
});

test('a file is written as a whole, its folder made, and nothing else left', async () => {
  await writeAtomically(at('a/b.json'), 'one');
  await Promise.all(['two', 'three'].map((text) => writeAtomically(at('a/b.json'), text)));
  expect(['two', 'three']).toContain(readFileSync(at('a/b.json'), 'utf8'));
  expect(readdirSync(at('a'))).toEqual(['b.json']);
});

test('a small file gets exactly its mode, whatever the umask, and never replaces another', () => {
  const before = process.umask(0o077);
  try {
    writeSmallFile(at('open'), Buffer.from('abc'), 0o666);
    writeSmallFile(at('empty'), Buffer.alloc(0), 0o4);
  } finally {
    process.umask(before);
  }
  expect([modeOf('open'), modeOf('empty'), readFileSync(at('open'), 'utf8')]).toEqual(['666', '4', 'abc']);
  expect(() => writeSmallFile(at('open'), Buffer.from('x'), 0o644)).toThrow(/EEXIST/);
});

test('moves a folder unless the target exists, and then removes it', async () => {
  mkdirSync(at('one'));
  writeFileSync(at('one/x'), 'first');
  mkdirSync(at('two'));
  writeFileSync(at('two/x'), 'second');
  expect(await moveIntoPlace(at('one'), at('there'))).toBe(true);
  expect(await moveIntoPlace(at('two'), at('there'))).toBe(false);
  expect(readdirSync(folder.path)).toEqual(['there']);
  expect(readFileSync(at('there/x'), 'utf8')).toBe('first');
  await expect(moveIntoPlace(at('nowhere'), at('x'))).rejects.toThrow(/ENOENT/);
});

test('names of unfinished things differ, and a later boot with the same process id sweeps them', async () => {
  const names = [temporaryName(folder.path), temporaryName(folder.path)];
  expect(names[0]).not.toBe(names[1]);
  for (const name of names) mkdirSync(name);
  mkdirSync(at('.tmp-unrelated'));
  expect(await sweepTemporary(folder.path)).toBe(2);
  expect(readdirSync(folder.path)).toEqual(['.tmp-unrelated']);
  expect(await sweepTemporary(at('nowhere'))).toBe(0);
});

test('what only the owner may read becomes readable for all, and no more than that', async () => {
  mkdirSync(at('top/deep'), { recursive: true });
  writeFileSync(at('top/deep/run'), '');
  writeFileSync(at('top/data'), '');
  symlinkSync('/nowhere', at('top/link'));
  for (const [path, mode] of [
    ['top/deep/run', 0o700],
    ['top/data', 0o600],
    ['top/deep', 0o700],
    ['top', 0o700],
  ] as const) {
    chmodSync(at(path), mode);
  }
  await makeReadable(at('top'));
  expect(['top', 'top/deep', 'top/deep/run', 'top/data'].map(modeOf)).toEqual(['755', '755', '755', '644']);
});

test('sizes of files are added up, links are not followed', async () => {
  mkdirSync(at('a/b'), { recursive: true });
  writeFileSync(at('a/x'), '12345');
  writeFileSync(at('a/b/y'), '123');
  symlinkSync('x', at('a/link'));
  expect(await sizeOf(folder.path)).toBe(8);
});

test('removes a folder with its content; a missing folder is not an error', async () => {
  mkdirSync(at('a/b'), { recursive: true });
  writeFileSync(at('a/b/x'), '');
  chmodSync(at('a/b'), 0o500);
  await removeFolder(at('a'));
  await removeFolder(at('a'));
  expect(readdirSync(folder.path)).toEqual([]);
});

test('reports a missing source of a rename, and throws any other failure', async () => {
  writeFileSync(at('one'), 'x');
  expect(await renamed(at('one'), at('two'))).toBe(true);
  expect(await renamed(at('one'), at('two'))).toBe(false);
  expect(readFileSync(at('two'), 'utf8')).toBe('x');
  mkdirSync(at('folder'));
  await expect(renamed(at('two'), at('folder'))).rejects.toMatchObject({ code: 'EISDIR' });
});
