import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { localPlaces, withLocalPackages } from '../../../src/functions/build/local-packages';
import type { Bundle } from '../../../src/functions/store/bundle';
import { Store } from '../../../src/functions/store/store';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let store: Store;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  store = await Store.open(join(folder.path, 'data'));
});

afterEach(() => folder[Symbol.asyncDispose]());

type Files = Readonly<Record<string, string | object>>;

async function write(files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** The source that packages of `place` are installed from. */
async function source(place: string, list: string, development?: boolean): Promise<Bundle> {
  const path = join(folder.path, place);
  return withLocalPackages(await store.addFolder('layers', path), path, list, store, development);
}

async function json(bundle: Bundle, path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(bundle.folder, path), 'utf8'));
}

const workspace: Files = {
  'package.json': { private: true, workspaces: ['packages/*'] },
  'packages/api/package.json': { name: '@mono/api', dependencies: { '@mono/shared': '^1.0.0', ms: '2.1.3' } },
  'packages/api/index.js': '',
  'packages/shared/package.json': {
    name: '@mono/shared',
    version: '0.1.0',
    scripts: { prepare: 'tsc' },
    dependencies: { base: 'workspace:*', once: '1' },
    devDependencies: { typescript: '5' },
  },
  'packages/shared/index.js': 'shared',
  'packages/shared/node_modules/once/index.js': '',
  'packages/shared/.git': '',
  'packages/base/package.json': { name: 'base' },
  'packages/other/package.json': { name: 'other' },
};

test('brings the packages of a workspace that a manifest depends on, and theirs', async () => {
  await write(workspace);
  const made = await source('packages/api', 'package.json');
  expect(await json(made, 'package.json')).toEqual({
    name: '@mono/api',
    private: true,
    workspaces: ['local-packages/mono-shared', 'local-packages/base'],
    dependencies: { '@mono/shared': '*', ms: '2.1.3' },
  });
  expect(await json(made, 'local-packages/mono-shared/package.json')).toEqual({
    name: '@mono/shared',
    version: '0.1.0',
    dependencies: { base: '*', once: '1' },
  });
  expect(await readdir(join(made.folder, 'local-packages'))).toEqual(['base', 'mono-shared']);
  expect(await readdir(join(made.folder, 'local-packages/mono-shared'))).toEqual([
    'index.js',
    'package.json',
  ]);
  // The code that the source is a copy of stays as it was.
  expect(await readFile(join(folder.path, 'packages/api/package.json'), 'utf8')).toContain('^1.0.0');
  expect(
    await json(await store.addFolder('layers', join(folder.path, 'packages/api')), 'package.json'),
  ).toEqual(workspace['packages/api/package.json']);
});

test('makes another source once a package of the workspace changes', async () => {
  await write(workspace);
  const one = await source('packages/api', 'package.json');
  expect(await source('packages/api', 'package.json')).toEqual(one);
  await write({ 'packages/shared/index.js': 'changed' });
  expect((await source('packages/api', 'package.json')).hash).not.toBe(one.hash);
});

test.each([
  ['a mapping of packages', { 'package.json': { workspaces: { packages: ['./libs/**', '!libs/x'] } } }],
  ['a list of pnpm', { 'package.json': {}, 'pnpm-workspace.yaml': 'packages:\n  - "libs/*/*"\n' }],
  ['a plain path', { 'package.json': { workspaces: ['libs/deep/shared', 'nowhere/*'] } }],
])('finds workspaces in %s', async (_, root: Files) => {
  await write({
    ...root,
    'functions/a/package.json': { dependencies: { shared: '1' } },
    'libs/deep/shared/package.json': { name: 'shared' },
  });
  const made = await source('functions/a', 'package.json');
  expect(await json(made, 'package.json')).toMatchObject({ workspaces: ['local-packages/shared'] });
});

test('brings folders that a manifest names, and for development those that only tools need', async () => {
  await write({
    'a/package.json': {
      dependencies: { one: 'file:../one', inner: 'file:./inner' },
      devDependencies: { two: 'link:../two' },
    },
    'a/inner/package.json': { name: 'inner' },
    'one/package.json': { name: 'one' },
    'two/package.json': { name: 'two' },
  });
  expect(await json(await source('a', 'package.json'), 'package.json')).toEqual({
    private: true,
    workspaces: ['local-packages/one'],
    dependencies: { one: '*', inner: 'file:./inner' },
    devDependencies: { two: 'link:../two' },
  });
  expect(await json(await source('a', 'package.json', true), 'package.json')).toMatchObject({
    devDependencies: { two: '*' },
  });
});

test('leaves a source alone that refers to nothing outside', async () => {
  await write({
    'a/package.json': { dependencies: { ms: '*' } },
    'b/requirements.txt': '-r more.txt\n./inner\nsix==1.16.0 ; python_version > "3"\n',
    'b/more.txt': 'ms',
    'b/inner/setup.py': '',
  });
  for (const [place, list] of [
    ['a', 'package.json'],
    ['b', 'requirements.txt'],
  ] as const) {
    const plain = await store.addFolder('layers', join(folder.path, place));
    expect(await source(place, list)).toEqual(plain);
  }
});

test('brings lists and packages that a list of Python names', async () => {
  await write({
    'functions/a/requirements.txt': '-r ../../base.txt\n-e ../../common[extra] ; python_version > "3"\nsix\n',
    'base.txt': '--constraint=limits/all.txt\n../../wheels/x-1-py3-none-any.whl\n-r functions/a/own.txt\n',
    'functions/a/own.txt': '-r ../../base.txt',
    'limits/all.txt': 'six<2',
    'wheels/x-1-py3-none-any.whl': 'wheel',
    'common/setup.py': 'setup',
    'common/__pycache__/x.pyc': '',
  });
  const made = await source('functions/a', 'requirements.txt');
  const text = (path: string) => readFile(join(made.folder, path), 'utf8');
  expect(await text('requirements.txt')).toBe(
    '-r local-packages/1-base.txt\n-e ./local-packages/4-common[extra] ; python_version > "3"\nsix\n',
  );
  expect(await text('local-packages/1-base.txt')).toBe(
    '--constraint=2-all.txt\n./local-packages/3-x-1-py3-none-any.whl\n-r ../own.txt\n',
  );
  expect(await text('own.txt')).toBe('-r local-packages/1-base.txt');
  expect(await text('local-packages/2-all.txt')).toBe('six<2');
  expect(await text('local-packages/3-x-1-py3-none-any.whl')).toBe('wheel');
  expect(await text('local-packages/4-common/setup.py')).toBe('setup');
  expect(existsSync(join(made.folder, 'local-packages/4-common/__pycache__'))).toBe(false);
});

test('names the folders outside of the code whose changes concern a function', async () => {
  await write({ ...workspace, 'py/requirements.txt': '../packages/base', 'broken/package.json': '{' });
  const places = (code: string, method: 'packages' | 'esbuild', runtime = 'nodejs22.x') =>
    localPlaces({
      kind: 'zip',
      runtime,
      handler: 'app.handler',
      code: join(folder.path, code),
      layers: [],
      build: method === 'packages' ? { method } : { method, entryPoints: [], options: [] },
    }).map((path) => path.slice(folder.path.length + 1));
  expect(places('packages/api', 'packages')).toEqual(['packages/shared', 'packages/base']);
  expect(places('packages/api/src', 'esbuild')).toEqual(['packages/shared', 'packages/base']);
  expect(places('py', 'packages', 'python3.13')).toEqual(['packages/base']);
  expect(places('packages/other', 'packages')).toEqual([]);
  expect(places('broken', 'packages')).toEqual([]);
});
