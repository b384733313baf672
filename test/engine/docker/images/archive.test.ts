import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';
import { packed, unpack } from '../../../../src/engine/docker/images/archive';
import { TemporaryFolder } from '../../../support/lib/temporary-folder';

type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

/** A tar stream with just these entries, however odd. */
function tarOf(...entries: readonly Entry[]): Readable {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, content);
  archive.finalize();
  return Readable.from(archive, { objectMode: false });
}

test('an unpacked folder equals the packed one, with the added entries', async () => {
  await using folder = await TemporaryFolder.make();
  const [source, target] = [join(folder.path, 'source'), join(folder.path, 'target')];
  await mkdir(join(source, 'deep/er'), { recursive: true });
  await mkdir(target);
  await writeFile(join(source, 'deep/er/text'), 'grüße');
  await writeFile(join(source, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(source, 'large'), Buffer.alloc(3_000_000, 'x'));
  await symlink('er/text', join(source, 'deep/link'));

  await unpack(
    packed([{ path: 'copy', source }, { path: 'made/up', content: 'a' }, { path: 'empty' }]),
    target,
  );
  expect(await readFile(join(target, 'copy/deep/er/text'), 'utf8')).toBe('grüße');
  expect(await readlink(join(target, 'copy/deep/link'))).toBe('er/text');
  expect((await stat(join(target, 'copy/large'))).size).toBe(3_000_000);
  expect((await stat(join(target, 'copy/program'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(target, 'copy/deep/er/text'))).mode & 0o777).toBe(0o644);
  expect(await readFile(join(target, 'made/up'), 'utf8')).toBe('a');
  expect(await readdir(join(target, 'empty'))).toEqual([]);
});

test('the content of a folder can be put at the root, and files left out', async () => {
  await using folder = await TemporaryFolder.make();
  const [source, target] = [join(folder.path, 'source'), join(folder.path, 'target')];
  await mkdir(join(source, 'node_modules'), { recursive: true });
  await mkdir(target);
  await writeFile(join(source, 'node_modules/x'), '');
  await writeFile(join(source, 'kept'), '');
  await unpack(
    packed([{ path: '.', source, includes: (path) => !path.startsWith('node_modules/') }]),
    target,
  );
  expect((await readdir(target, { recursive: true })).sort()).toEqual(['kept', 'node_modules']);
});

test('the same files make the same bytes, whatever their times and modes', async () => {
  await using folder = await TemporaryFolder.make();
  const [one, two] = [join(folder.path, 'one'), join(folder.path, 'two')];
  for (const each of [one, two]) {
    await mkdir(each);
    for (const name of each === one ? ['a', 'b'] : ['b', 'a']) await writeFile(join(each, name), name);
  }
  await chmod(join(two, 'a'), 0o600);
  const [first, second] = await Promise.all(
    [one, two].map((source) => buffer(packed([{ path: 'x', source }]))),
  );
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

test('an unreadable file fails the stream', async () => {
  await expect(buffer(packed([{ path: 'x', source: '/no/such/file' }]))).rejects.toThrow('ENOENT');
});

test('unpacked files are readable for every user, and keep their times', async () => {
  await using folder = await TemporaryFolder.make();
  const mtime = new Date('2020-02-02T00:00:00Z');
  await unpack(tarOf({ name: './private/file', mode: 0o600, mtime, content: 'x' }), folder.path);
  const found = await stat(join(folder.path, 'private/file'));
  expect(found.mode & 0o777).toBe(0o644);
  expect(found.mtime).toEqual(mtime);
  expect((await stat(join(folder.path, 'private'))).mode & 0o777).toBe(0o755);
});

test('hard links are links to the same file', async () => {
  await using folder = await TemporaryFolder.make();
  const archive = tarOf({ name: 'a/one', content: 'x' }, { name: 'two', type: 'link', linkname: 'a/one' });
  await unpack(archive, folder.path);
  expect((await stat(join(folder.path, 'two'))).ino).toBe((await stat(join(folder.path, 'a/one'))).ino);
});

test('links into the layers of a sandbox are kept', async () => {
  await using folder = await TemporaryFolder.make();
  await unpack(tarOf({ name: 'lib', type: 'symlink', linkname: '/opt/other/lib' }), folder.path);
  expect(await readlink(join(folder.path, 'lib'))).toBe('/opt/other/lib');
});

test.each<readonly [string, RegExp, readonly Entry[]]>([
  ['a path that climbs out', /is outside of its folder/, [{ name: 'a/../../b', content: 'x' }]],
  ['an absolute path', /is outside of its folder/, [{ name: '/etc/lambdock', content: 'x' }]],
  ['a link that climbs out', /links to .*outside/, [{ name: 'a/b', type: 'symlink', linkname: '../../c' }]],
  ['an absolute link', /links to \/etc/, [{ name: 'a', type: 'symlink', linkname: '/etc' }]],
  ['a link out of /opt', /links to/, [{ name: 'a', type: 'symlink', linkname: '/opt/../etc' }]],
  [
    'a hard link that climbs out',
    /is outside of its folder/,
    [{ name: 'a', type: 'link', linkname: '../b' }],
  ],
  [
    'a device',
    /is a character-device/,
    [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }],
  ],
  [
    'a file through a link',
    /is both a folder and something else/,
    [
      { name: 'real', type: 'directory' },
      { name: 'link', type: 'symlink', linkname: 'real' },
      { name: 'link/file', content: 'x' },
    ],
  ],
  [
    'a file in place of a link',
    /is in the archive twice/,
    [
      { name: 'real', content: 'first' },
      { name: 'link', type: 'symlink', linkname: 'real' },
      { name: 'link', content: 'second' },
    ],
  ],
])('%s is refused', async (_, message, entries) => {
  await using folder = await TemporaryFolder.make();
  const inner = join(folder.path, 'inner');
  await mkdir(inner);
  await expect(unpack(tarOf(...entries), inner)).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(message),
  });
  // Nothing beside it, and nothing in what a link leads to.
  expect(await readdir(folder.path)).toEqual(['inner']);
  const real = await lstat(join(inner, 'real')).catch(() => undefined);
  if (real?.isFile()) expect(await readFile(join(inner, 'real'), 'utf8')).toBe('first');
});
