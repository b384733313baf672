import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../../src/aws/limits';
import { BundleError } from '../../../src/functions/store/bundle';
import { unpackZip } from '../../../src/functions/store/zip';
import { checkCount } from '../../../src/functions/store/zip-entries';
import { patched, withCentralField, zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let target: string;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  target = join(folder.path, 'deep', 'target');
  await mkdir(target, { recursive: true });
});

afterEach(() => folder[Symbol.asyncDispose]());

const read = (path: string) => readFileSync(join(target, path), 'utf8');
const modeOf = (path: string) => (lstatSync(join(target, path)).mode & 0o7777).toString(8);

async function failureOf(zip: Buffer): Promise<{ kind: string; message: string }> {
  try {
    await unpackZip(zip, 'code.zip', target);
  } catch (error) {
    if (error instanceof BundleError) return { kind: error.kind, message: error.message };
    throw error;
  }
  throw new Error('It was unpacked.');
}

test('files, folders and links come out with their contents and modes', async () => {
  const large = 'large '.repeat(100_000);
  const zip = await zipOf({
    'app.py': 'print()',
    'bin/run': { content: '#!', mode: 0o100755 },
    'lib/deep/secret': { content: 's', mode: 0o100600 },
    'empty/': null,
    'lib/large.txt': large,
    'lib/stored.txt': { content: large, stored: true },
    'link.py': { content: 'app.py', mode: 0o120777 },
    'lib/up': { content: '../bin/run', mode: 0o120777 },
    'lib/opt': { content: '/opt/python', mode: 0o120777 },
  });
  const sizeBytes = await unpackZip(zip, 'code.zip', target);
  expect(sizeBytes).toBe('print()#!s'.length + 2 * large.length);
  expect([read('app.py'), read('lib/large.txt') === large, read('lib/stored.txt') === large]).toEqual([
    'print()',
    true,
    true,
  ]);
  expect(['app.py', 'bin/run', 'lib/deep/secret', 'lib', 'lib/deep'].map(modeOf)).toEqual([
    '644',
    '755',
    '600',
    '755',
    '755',
  ]);
  expect(readdirSync(join(target, 'empty'))).toEqual([]);
  expect(['link.py', 'lib/up', 'lib/opt'].map((path) => readlinkSync(join(target, path)))).toEqual([
    'app.py',
    '../bin/run',
    '/opt/python',
  ]);
});

test('a file`s descriptor serves as well as its bytes', async () => {
  const path = join(folder.path, 'code.zip');
  writeFileSync(path, await zipOf({ a: 'A', 'b/large': 'b'.repeat(400_000) }));
  const file = openSync(path, 'r');
  expect(await unpackZip(file, 'code.zip', target)).toBe(400_001);
  closeSync(file);
  expect([read('a'), read('b/large').length]).toEqual(['A', 400_000]);
});

test('modes are kept as they are, but never set-user-id ones', async () => {
  await unpackZip(
    await zipOf({ a: { content: '', mode: 0o104755 }, b: { content: '', mode: 0o100002 } }),
    'z',
    target,
  );
  expect([modeOf('a'), modeOf('b')]).toEqual(['755', '2']);
});

test('archives without Unix modes get usual ones', async () => {
  const unix = await zipOf({ 'a.py': 'x' });
  const dos = withCentralField(withCentralField(unix, 4, 2, 20), 38, 4, 0);
  await unpackZip(dos, 'z', target);
  expect(modeOf('a.py')).toBe('644');
});

test('keeps file times if there is compiled Python, which depends on them', async () => {
  await unpackZip(await zipOf({ 'a.py': 'x', 'a.pyc': 'x', 'large.py': 'x'.repeat(400_000) }), 'z', target);
  const hour = 3_600_000;
  const { mtimeMs } = lstatSync(join(target, 'a.py'));
  expect(mtimeMs % 1_000).toBe(0);
  expect(Math.abs(mtimeMs - Date.now())).toBeLessThan(hour);
});

test('of two entries with one name the later counts', async () => {
  const zip = patched(await zipOf({ 'a.txt': 'first', 'b.txt': 'later' }), 'b.txt', 'a.txt');
  expect(await unpackZip(zip, 'z', target)).toBe(5);
  expect(read('a.txt')).toBe('later');
});

const outside: [name: string, as: string][] = [
  ['XX/evil.txt', '../evil.txt'],
  ['Xevil.txt', '/evil.txt'],
  ['a/XX/XX/evil.txt', 'a/../../evil.txt'],
  ['XXX', 'a\0b'],
];

test.each(outside)('an entry %j named %j is refused before anything is written', async (name, as) => {
  const zip = patched(
    await zipOf({ 'harmless.txt': 'x', [name.replaceAll('\\', 'Y')]: 'evil' }),
    name.replaceAll('\\', 'Y'),
    as,
  );
  const { kind, message } = await failureOf(zip);
  expect(['unsafe', 'broken']).toContain(kind);
  expect(message).toMatch(/code\.zip/);
  expect(readdirSync(target)).toEqual([]);
  expect(readdirSync(join(folder.path, 'deep'))).toEqual(['target']);
});

test('backslashes stay in names, as on Lambda, with a warning that names the packer', async () => {
  const zip = patched(
    patched(await zipOf({ aXXbYapp: 'x', libYoneYx: 'y', 'app.py': '' }), 'aXXbYapp', 'a..b\\app'),
    'libYoneYx',
    'lib\\one\\x',
  );
  const warnings: string[] = [];
  await unpackZip(zip, 'z', target, (text) => warnings.push(text));
  expect(readdirSync(target).sort()).toEqual(['a..b\\app', 'app.py', 'lib\\one\\x']);
  expect(warnings).toEqual([
    'a..b\\app is one file name, not a path (and 1 more): its packer wrote backslashes, which Lambda does not take for ' +
      'separators. Pack it with forward slashes.',
  ]);
});

test('entries that other users cannot read keep their mode, with one warning', async () => {
  const zip = await zipOf({
    'app.py': { content: 'x', mode: 0o100600 },
    'lib/x.py': { content: 'x', mode: 0o100640 },
    'run.sh': { content: 'x', mode: 0o100755 },
  });
  const warnings: string[] = [];
  await unpackZip(zip, 'z', target, (text) => warnings.push(text));
  expect(lstatSync(join(target, 'app.py')).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^app\.py has mode 0600 \(and 1 more\): the function's user cannot read it, as on Lambda\. Pack it/,
    ),
  ]);
});

test.each(['/etc/passwd', '/optical', '/opt/lib/x', '/var/task/../../etc', '../../evil', 'a/../../../evil'])(
  'a link to %j stays as it is, and leads there only in a sandbox',
  async (to) => {
    await unpackZip(await zipOf({ a: 'A', 'lib/link': { content: to, mode: 0o120777 } }), 'z', target);
    expect(readlinkSync(join(target, 'lib/link'))).toBe(to);
  },
);

test('a link without a target is refused', async () => {
  const zip = await zipOf({ a: 'A', 'lib/link': { content: '', mode: 0o120777 } });
  expect(await failureOf(zip)).toEqual({
    kind: 'unsafe',
    message: 'code.zip has a link "lib/link" to "", which is not a path. Pack it again without the link.',
  });
  expect(readdirSync(join(target, 'lib'))).toEqual([]);
});

test.each([
  ['UTF-8, as macOS writes it', Buffer.from('café.txt'), 'café.txt'],
  ['a line break', Buffer.from('caf\nX.txt'), 'caf\nX.txt'],
  ['the code page of DOS', Buffer.from('caf\x82X.txt', 'latin1'), 'caféX.txt'],
])('a name without the mark for UTF-8 may be %s', async (_, bytes, name) => {
  const zip = patched(await zipOf({ 'cafXX.txt': 'x' }), 'cafXX.txt', bytes);
  await unpackZip(withCentralField(zip, 8, 2, 0), 'z', target);
  expect(readdirSync(target)).toEqual([name]);
});

test('writes nothing through a link', async () => {
  const zip = await zipOf({ 'dir/': null, link: { content: 'dir', mode: 0o120777 }, 'link/x': 'x' });
  expect(await failureOf(zip)).toMatchObject({
    kind: 'unsafe',
    message: expect.stringContaining('link both as a link and'),
  });
});

test.each([
  ['a device', 0o020644],
  ['a pipe', 0o010644],
  ['a socket', 0o140644],
])('%s is refused', async (_, mode) => {
  const zip = await zipOf({ odd: { content: '', mode } });
  expect(await failureOf(zip)).toMatchObject({
    kind: 'unsafe',
    message: expect.stringContaining('neither a file nor'),
  });
});

test('a name that no file system takes is refused', async () => {
  expect(await failureOf(await zipOf({ ['x'.repeat(256)]: '' }))).toMatchObject({ kind: 'unsafe' });
  expect(await failureOf(await zipOf({ [`${'deep/'.repeat(800)}x`]: '' }))).toMatchObject({ kind: 'unsafe' });
});

test('more than 262,144,000 bytes unzipped are refused, in Lambda`s words, however small the zip is', async () => {
  const zip = await zipOf({ zeros: Buffer.alloc(limits.unzippedBytes + 1) });
  expect(zip.length).toBeLessThan(1_000_000);
  expect(await failureOf(zip)).toEqual({
    kind: 'too-large',
    message: 'Unzipped size must be smaller than 262144000 bytes (code.zip).',
  });
  expect(readdirSync(target)).toEqual([]);
});

test.each([
  ['small', 100, 10],
  ['large', 1_000_000, 300_000],
])('a %s file that is longer than its header says is refused while unpacking', async (_, real, declared) => {
  const zip = withCentralField(await zipOf({ bomb: 'x'.repeat(real) }), 24, 4, declared);
  expect(await failureOf(zip)).toMatchObject({ kind: 'broken' });
});

test.each([100, 1_000_000])('a file of %d bytes with a wrong checksum is refused', async (length) => {
  const zip = withCentralField(await zipOf({ a: 'x'.repeat(length) }), 16, 4, 12345);
  expect(await failureOf(zip)).toMatchObject({
    kind: 'broken',
    message: expect.stringContaining('the checksum of a is wrong'),
  });
});

test('refuses a file that is not a zip, cut off or damaged in Lambda`s words', async () => {
  const zip = await zipOf({ a: { content: 'x'.repeat(1_000), stored: true } });
  const damaged = [
    Buffer.from('not a zip'),
    Buffer.alloc(0),
    zip.subarray(0, zip.length - 10),
    zip.subarray(500),
  ];
  for (const each of damaged) {
    const { kind, message } = await failureOf(each);
    expect(kind).toBe('broken');
    expect(message).toMatch(
      /^Could not unzip uploaded file. Please check your file, then try to upload again. \(code.zip: /,
    );
  }
});

test('an encrypted entry is refused', async () => {
  const zip = withCentralField(await zipOf({ a: 'x' }), 8, 2, 1);
  expect((await failureOf(zip)).kind).toMatch(/unsafe|broken/);
});

test('a zip without files is refused', async () => {
  expect(await failureOf(await zipOf({}))).toMatchObject({ kind: 'empty' });
  expect(await failureOf(await zipOf({ 'dir/': null }))).toMatchObject({ kind: 'empty' });
});

test('the number of entries has a bound', () => {
  expect(() => checkCount(200_000, 'z')).not.toThrow();
  expect(() => checkCount(200_001, 'z')).toThrow(/z must have at most 200000 entries, got 200001/);
});
