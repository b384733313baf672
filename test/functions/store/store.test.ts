import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Store } from '../../../src/functions/store/store';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let data: string;
let code: string;
let store: Store;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  data = join(folder.path, 'data');
  code = join(folder.path, 'code');
  write('code/app.py', 'print()');
  store = await Store.open(data);
});

afterEach(() => folder[Symbol.asyncDispose]());

function write(path: string, content: string): string {
  const full = join(folder.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** Everything below a folder, but for the facts and the index. */
const names = (path: string) => readdirSync(path).filter((name) => !name.endsWith('.json'));

test('a folder`s files are there under the hash of their content, and stay when the user edits his', async () => {
  write('code/lib/helper.py', 'help');
  write('code/large.bin', 'x'.repeat(400_000));
  const bundle = await store.addFolder('code', code);
  expect(bundle).toEqual({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    folder: join(data, 'store', 'code', bundle.hash),
    sizeBytes: 'print()help'.length + 400_000,
    codeSha256: Buffer.from(bundle.hash, 'hex').toString('base64'),
  });
  write('code/app.py', 'other');
  write('code/large.bin', 'other');
  expect(readFileSync(join(bundle.folder, 'app.py'), 'utf8')).toBe('print()');
  expect(readFileSync(join(bundle.folder, 'large.bin'), 'utf8')).toHaveLength(400_000);
  expect(names(bundle.folder).sort()).toEqual(['app.py', 'large.bin', 'lib']);
});

test('equal content has one address, whatever its place, time and surplus permissions', async () => {
  const first = await store.addFolder('code', code);
  write('elsewhere/app.py', 'print()');
  chmodSync(join(folder.path, 'elsewhere/app.py'), 0o600);
  utimesSync(join(folder.path, 'elsewhere/app.py'), 1, 1);
  const second = await store.addFolder('code', join(folder.path, 'elsewhere'));
  expect(second).toEqual(first);
});

test('content, a name, an execute bit, an empty folder or a link make another address', async () => {
  const hashes = new Set([(await store.addFolder('code', code)).hash]);
  const again = async () => hashes.add((await store.addFolder('code', code)).hash);
  write('code/app.py', 'PRINT()');
  await again();
  write('code/b.py', '');
  await again();
  chmodSync(join(code, 'b.py'), 0o755);
  await again();
  mkdirSync(join(code, 'empty'));
  await again();
  symlinkSync('b.py', join(code, 'link'));
  await again();
  rmSync(join(code, 'link'));
  symlinkSync('app.py', join(code, 'link'));
  await again();
  expect(hashes.size).toBe(7);
});

test('an edit that changes neither size nor time is seen right after', async () => {
  const first = await store.addFolder('code', code);
  const { atime, mtime } = lstatSync(join(code, 'app.py'));
  writeFileSync(join(code, 'app.py'), 'PRINT()');
  utimesSync(join(code, 'app.py'), atime, mtime);
  expect((await store.addFolder('code', code)).hash).not.toBe(first.hash);
});

test('content of a folder is readable for every user', async () => {
  const path = write('code/private/run', '#!');
  chmodSync(path, 0o700);
  chmodSync(join(code, 'app.py'), 0o600);
  chmodSync(join(code, 'private'), 0o700);
  const bundle = await store.addFolder('code', code);
  const modes = ['app.py', 'private', 'private/run', '.'].map((each) =>
    (lstatSync(join(bundle.folder, each)).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['644', '755', '755', '755']);
});

test('leaves out what tools leave behind, and the data folder itself', async () => {
  for (const left of ['.git/config', '__pycache__/app.pyc', 'lib/__pycache__/x.pyc', '.DS_Store'])
    write(`code/${left}`, 'x');
  write('code/lib/x.py', 'x');
  const within = await Store.open(join(code, '.lambdock'));
  const bundle = await within.addFolder('code', code);
  expect(names(bundle.folder).sort()).toEqual(['app.py', 'lib']);
  expect(names(join(bundle.folder, 'lib'))).toEqual(['x.py']);
});

test('reports a folder that is missing, empty or a file', async () => {
  mkdirSync(join(folder.path, 'empty/deep'), { recursive: true });
  await expect(store.addFolder('code', join(folder.path, 'nope'))).rejects.toMatchObject({ kind: 'missing' });
  await expect(store.addFolder('code', join(folder.path, 'empty'))).rejects.toMatchObject({ kind: 'empty' });
  await expect(store.addFolder('code', join(code, 'app.py'))).rejects.toThrow(
    /app.py cannot be read \(ENOTDIR\)/,
  );
  await expect(store.addZip('code', join(folder.path, 'nope.zip'))).rejects.toMatchObject({
    kind: 'missing',
  });
  await expect(store.addZip('code', code)).rejects.toThrow();
});

test('an unchanged folder is not read again: its stored content is found by a look from outside', async () => {
  // The package's own folder: what has just been written is read again to be on the safe side.
  const old = join(__dirname, '../../../node_modules/yaml');
  const first = await store.addFolder('layers', old);
  const index = readFileSync(join(data, 'store', 'index.json'), 'utf8');
  expect(index).toContain(first.hash);
  const second = await (await Store.open(data)).addFolder('layers', old);
  expect(second).toEqual(first);
  rmSync(first.folder, { recursive: true });
  expect(await store.addFolder('layers', old)).toEqual(first);
  expect(existsSync(join(first.folder, 'package.json'))).toBe(true);
});

test('ignores a damaged index', async () => {
  for (const text of ['', '{', '[]', '{"code x":7}', 'null']) {
    writeFileSync(join(data, 'store', 'index.json'), text);
    await expect((await Store.open(data)).addFolder('code', code)).resolves.toMatchObject({ sizeBytes: 7 });
  }
});

test('a zip lies under its own hash, which is also its CodeSha256', async () => {
  const bytes = await zipOf({ 'app.py': 'print()' });
  const path = join(folder.path, 'code.zip');
  writeFileSync(path, bytes);
  const fromPath = await store.addZip('code', path);
  const fromBytes = await store.addZip('code', bytes);
  expect(fromBytes).toEqual(fromPath);
  expect(fromPath.codeSha256).toBe(Buffer.from(fromPath.hash, 'hex').toString('base64'));
  expect(readFileSync(join(fromPath.folder, 'app.py'), 'utf8')).toBe('print()');
});

test('a zip that is refused leaves nothing', async () => {
  await expect(store.addZip('code', Buffer.from('no zip'))).rejects.toMatchObject({ kind: 'broken' });
  await expect(
    store.addZip('code', await zipOf({ link: { content: '', mode: 0o120777 }, a: '' })),
  ).rejects.toMatchObject({
    kind: 'unsafe',
  });
  expect(readdirSync(join(data, 'store', 'code'))).toEqual([]);
});

test('many writers of one content, in two stores at once, end up with one bundle', async () => {
  const other = await Store.open(data);
  const zip = await zipOf({ a: 'A', 'b/c': 'C' });
  const adding = [store, other, store, other].flatMap((each) => [
    each.addFolder('code', code),
    each.addZip('code', zip),
  ]);
  const hashes = new Set((await Promise.all(adding)).map((bundle) => bundle.hash));
  expect(names(join(data, 'store', 'code')).sort()).toEqual([...hashes].sort());
  expect(hashes.size).toBe(2);
});

test('what a dead process left unfinished is swept at the next start, what a living one writes is not', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const codeFolder = join(data, 'store', 'code');
  mkdirSync(join(codeFolder, `.tmp-${child.pid}-abc`, 'half'), { recursive: true });
  mkdirSync(join(codeFolder, `.tmp-${process.ppid}-abc`));
  // One that is not alone cannot tell whose it is.
  await Store.open(data, { alone: false });
  expect(readdirSync(codeFolder)).toHaveLength(2);
  await Store.open(data);
  expect(readdirSync(codeFolder)).toEqual([`.tmp-${process.ppid}-abc`]);
});

test('a folder without its metadata is not taken for a bundle', async () => {
  const bundle = await store.addFolder('code', code);
  rmSync(`${bundle.folder}.json`);
  expect(await store.get('code', bundle.hash)).toBeUndefined();
  expect(await store.addFolder('code', code)).toEqual(bundle);
  expect(await store.get('code', bundle.hash)).toEqual(bundle);
});

test('makes content once for concurrent requests, and again after a failure', async () => {
  const key = 'a'.repeat(64);
  let made = 0;
  const fill = async (target: string) => {
    made += 1;
    writeFileSync(join(target, 'x'), 'xyz');
    return 3;
  };
  await expect(store.make('opt', key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const [one, two] = await Promise.all([store.make('opt', key, fill), store.make('opt', key, fill)]);
  expect([one, made]).toEqual([two, 1]);
  expect(await store.make('opt', key, fill)).toEqual(one);
  expect([made, names(join(data, 'store', 'opt'))]).toEqual([1, [key]]);
});

test('a stored zip is kept byte for byte, and can be unpacked again', async () => {
  const zip = await zipOf({ 'app.py': 'x' });
  const { hash, folder: unpacked } = await store.addZip('code', zip);
  expect(await store.keepZip(zip)).toBe(hash);
  expect(await store.keepZip(zip)).toBe(hash);
  expect(readFileSync(store.keptZip(hash)).equals(zip)).toBe(true);
  expect(await store.zipFile(hash)).toBe(store.keptZip(hash));
  rmSync(unpacked, { recursive: true });
  await store.restore('code', hash);
  expect(readFileSync(join(store.folder('code', hash), 'app.py'), 'utf8')).toBe('x');
  expect(await store.zipFile('0'.repeat(64))).toBeUndefined();
});

test('of an edited folder only what was edited is read; the rest is linked from the last copy', async () => {
  const kept = write('code/kept.py', 'kept');
  write('code/large.bin', 'x'.repeat(400_000));
  // What was written just before it is looked at might be written again without a sign of it.
  await untilOlder(kept);
  const before = await store.addFolder('code', code);
  write('code/app.py', 'edited');
  chmodSync(join(code, 'large.bin'), 0o755);
  const after = await store.addFolder('code', code);
  const inode = (folder: string, name: string) => lstatSync(join(folder, name)).ino;
  expect(inode(after.folder, 'kept.py')).toBe(inode(before.folder, 'kept.py'));
  expect(inode(after.folder, 'large.bin')).not.toBe(inode(before.folder, 'large.bin'));
  expect(readFileSync(join(after.folder, 'app.py'), 'utf8')).toBe('edited');
  expect(readFileSync(join(before.folder, 'app.py'), 'utf8')).toBe('print()');
  const other = await Store.open(join(folder.path, 'other'));
  expect((await other.addFolder('code', code)).hash).toBe(after.hash);
});

test('works without the last copy', async () => {
  const kept = write('code/kept.py', 'kept');
  await untilOlder(kept);
  const before = await store.addFolder('code', code);
  rmSync(before.folder, { recursive: true });
  write('code/app.py', 'edited');
  const after = await store.addFolder('code', code);
  expect(readFileSync(join(after.folder, 'kept.py'), 'utf8')).toBe('kept');
});

/** Resolves once a file's last change lies further back than two changes that leave the same time. */
async function untilOlder(path: string): Promise<void> {
  while (lstatSync(path).ctimeMs > Date.now() - 150) await new Promise((resolve) => setImmediate(resolve));
}
