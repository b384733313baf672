import { openSync, writeSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull, systemProblem } from '../../src/lib/system-problem';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const failure = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

test('a full disk is named with the path and what to free', async () => {
  // The kernel refuses every write to this device, as it does on a full disk.
  const error = await failure(() => writeSync(openSync('/dev/full', 'w'), 'text'));
  expect(isDiskFull(error)).toBe(true);
  expect(systemProblem(error, '/data')).toBe(
    'No space left on the disk of /data. Free space there ("docker system df" shows what images and volumes use), or pass a folder on another disk with --data.',
  );
});

test('a path through a file is named', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const error = await failure(() => mkdir(join(file, 'data'), { recursive: true }));
  expect(systemProblem(error)).toBe(
    `Cannot use ${join(file, 'data')}: a part of its path is a file, not a folder. Pass another path.`,
  );
  const existing = await failure(() => mkdir(file));
  expect(systemProblem(existing)).toMatch(`Cannot create the folder ${file}: a file of this name exists.`);
  const folderAsFile = await failure(() => readFile(folder.path));
  expect(systemProblem(folderAsFile, folder.path)).toMatch(/it is a folder/);
});

test('the cause of an error counts, and extended codes of SQLite do', () => {
  const cause = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
  expect(systemProblem(new Error('The change failed', { cause }), '/data/state.db')).toBe(
    'Cannot read or write /data/state.db: the disk reports an error. Check the disk and its free space.',
  );
  expect(isDiskFull(cause)).toBe(false);
});

test.each([
  ['EDQUOT', /^The disk quota of \/data is used up\./],
  ['EROFS', /^Cannot write \/data: its file system is read-only\./],
  ['EACCES', /^Cannot access \/data: permission denied\./],
  ['EPERM', /^Cannot access \/data: not permitted\./],
  ['ELOOP', /symbolic links form a loop/],
  ['ENAMETOOLONG', /the path is too long/],
  ['EIO', /input\/output error\. Check the disk\./],
  ['EFBIG', /ulimit -f/],
  ['EMFILE', /ulimit -n/],
  ['ENFILE', /fs\.file-max/],
  ['SQLITE_FULL', /^No space left on the disk of \/data\./],
  ['SQLITE_READONLY_DBMOVED', /^Cannot write \/data: it is read-only\./],
  ['SQLITE_CORRUPT', /^\/data is damaged/],
  ['SQLITE_NOTADB', /^\/data is damaged/],
  ['SQLITE_CANTOPEN', /^Cannot open \/data\./],
  ['SQLITE_PERM', /permission denied/],
  ['SQLITE_BUSY', /locked by another program\. Stop that program/],
])('%s has a sentence with the path or the limit, and the next step', (code, sentence) => {
  const error = Object.assign(new Error('x'), { code, path: '/data' });
  expect(systemProblem(error)).toMatch(sentence);
  expect(isDiskFull(error)).toBe(['EDQUOT', 'SQLITE_FULL'].includes(code));
});

test.each([
  new Error('a mistake'),
  Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
  undefined,
  'x',
])('an error of another kind (%p) has no such sentence', (error) =>
  expect(systemProblem(error)).toBeUndefined(),
);
