import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { mergeFolders } from '../../../src/functions/store/merge';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** A folder's content: text for a file, an object for a folder. */
type Tree = { readonly [name: string]: string | Tree };

function plant(folder: string, tree: Tree): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, each] of Object.entries(tree)) {
    if (typeof each === 'string') writeFileSync(join(folder, name), each);
    else plant(join(folder, name), each);
  }
  return folder;
}

function harvest(folder: string): Tree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? harvest(path) : readFileSync(path, 'utf8')];
    }),
  );
}

/** What merging means, said once more and as simply as possible. */
function laidOver(below: Tree, above: Tree): Tree {
  const merged: Record<string, string | Tree> = { ...below };
  for (const [name, each] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = typeof each === 'object' && typeof under === 'object' ? laidOver(under, each) : each;
  }
  return merged;
}

const name = fc.constantFrom('a', 'b', 'c');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, fc.string(), tie('tree')), { maxKeys: 3 }),
}));

test('a later folder wins, file by file, and folders are joined', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { minLength: 2, maxLength: 4 }), async (trees) => {
      await using folder = await TemporaryFolder.make();
      const sources = trees.map((each, index) => plant(join(folder.path, String(index)), each));
      const target = plant(join(folder.path, 'target'), {});
      await mergeFolders(sources, target);
      expect(harvest(target)).toEqual(trees.reduce(laidOver, {}));
      expect(sources.map(harvest)).toEqual(trees);
    }),
    { numRuns: 60 },
  );
});

test('links, modes and inodes are kept: a layer takes its space once', async () => {
  await using folder = await TemporaryFolder.make();
  const one = plant(join(folder.path, 'one'), { bin: { run: '#!' }, lib: { 'x.so.1': 'x' }, data: 'd' });
  const two = plant(join(folder.path, 'two'), { python: { 'y.py': 'y' } });
  symlinkSync('x.so.1', join(one, 'lib/x.so'));
  symlinkSync('/nowhere', join(two, 'data'));
  chmodSync(join(one, 'bin/run'), 0o751);
  chmodSync(join(one, 'lib'), 0o711);
  const target = plant(join(folder.path, 'target'), {});
  await mergeFolders([one, two], target);
  expect(readlinkSync(join(target, 'lib/x.so'))).toBe('x.so.1');
  expect(readlinkSync(join(target, 'data'))).toBe('/nowhere');
  expect((lstatSync(join(target, 'lib')).mode & 0o777).toString(8)).toBe('711');
  const [merged, source] = [target, one].map((each) => lstatSync(join(each, 'bin/run')));
  expect([merged?.ino, (merged?.mode ?? 0) & 0o777]).toEqual([source?.ino, 0o751]);
});

test('a folder over a link replaces the link, and nothing is written to where that led', async () => {
  await using folder = await TemporaryFolder.make();
  const one = plant(join(folder.path, 'one'), { lib64: { 'x.so': 'x' } });
  symlinkSync('lib64', join(one, 'lib'));
  const two = plant(join(folder.path, 'two'), { lib: { 'y.so': 'y' } });
  const target = plant(join(folder.path, 'target'), {});
  await mergeFolders([one, two], target);
  expect(harvest(target)).toEqual({ lib64: { 'x.so': 'x' }, lib: { 'y.so': 'y' } });
  expect(dirname(target)).toBe(folder.path);
});
