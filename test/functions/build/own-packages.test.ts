import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LayerSource, Layers } from '../../../src/functions/build/layers';
import { listsPackages, withPackages } from '../../../src/functions/build/own-packages';
import { Store } from '../../../src/functions/store/store';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

/** Code with these files, its packages installed; beside what was asked of the builder. */
async function installed(runtime: string, ...versions: readonly Readonly<Record<string, string>>[]) {
  const store = await Store.open(join(folder.path, 'data'));
  const built: LayerSource[] = [];
  const layers = new Layers(store, async (source) => {
    built.push(source);
    const file = runtime.startsWith('python') ? 'python/six.py' : 'nodejs/node_modules/six/index.js';
    await mkdir(dirname(join(source.targetFolder, file)), { recursive: true });
    await writeFile(join(source.targetFolder, file), 'package');
    if (runtime.startsWith('python'))
      await writeFile(join(source.targetFolder, 'python', 'app.py'), 'package');
  });
  const steps: string[] = [];
  const bundles = [];
  for (const [index, files] of versions.entries()) {
    const code = join(folder.path, `code-${index}`);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(code, path)), { recursive: true });
      await writeFile(join(code, path), text);
    }
    const target = { runtime, architecture: 'x86_64' } as const;
    const bundle = await store.addFolder('code', code);
    bundles.push({
      code: bundle,
      made: await withPackages(bundle, code, target, { store, layers }, (step) => steps.push(step)),
    });
  }
  return { bundles, built, steps };
}

test('packages of Python lie beside the code, whose own files win; they are installed once per list', async () => {
  const requirements = '# comment\nsix==1.17.0\n';
  const { bundles, built, steps } = await installed(
    'python3.13',
    { 'app.py': 'one', 'requirements.txt': requirements, 'python/own.py': '' },
    { 'app.py': 'two', 'requirements.txt': requirements },
  );
  const [one, two] = bundles;
  expect((await readdir(one?.made.folder ?? '')).sort()).toEqual([
    'app.py',
    'python',
    'requirements.txt',
    'six.py',
  ]);
  expect(await readFile(join(two?.made.folder ?? '', 'app.py'), 'utf8')).toBe('two');
  expect(built).toHaveLength(1);
  expect(await readdir(built[0]?.sourceFolder ?? '')).toEqual(['requirements.txt']);
  expect(steps).toContain('installing the packages of requirements.txt for python3.13');
  expect(steps).toContain('installing the packages of requirements.txt for python3.13');
});

test('packages of Node lie in node_modules, from the lock where there is one', async () => {
  const files = { 'app.mjs': '', 'package.json': '{"dependencies":{"six":"1"}}', 'package-lock.json': '{}' };
  const { bundles, built } = await installed('nodejs22.x', files);
  expect(await readdir(join(bundles[0]?.made.folder ?? '', 'node_modules'))).toEqual(['six']);
  expect((await readdir(built[0]?.sourceFolder ?? '')).sort()).toEqual(['package-lock.json', 'package.json']);
});

test.each([
  ['python3.13', { 'app.py': '', 'requirements.txt': '# nothing\n\n' }],
  ['python3.13', { 'app.py': '', 'package.json': '{"dependencies":{"six":"1"}}' }],
  ['nodejs22.x', { 'app.js': '', 'package.json': '{"devDependencies":{"six":"1"}}' }],
  ['nodejs22.x', { 'package.json': '{"dependencies":{"six":"1"}}', 'node_modules/six/index.js': '' }],
])('with %s, code %j stays as it is', async (runtime, files) => {
  const { bundles, built } = await installed(runtime, files);
  expect(bundles[0]?.made).toBe(bundles[0]?.code);
  expect(built).toEqual([]);
});

test('reports packages that cannot be installed, with the reason', async () => {
  const store = await Store.open(join(folder.path, 'data'));
  const layers = new Layers(store, () => Promise.reject(new Error('There is no package sixx.')));
  await mkdir(join(folder.path, 'code'));
  await writeFile(join(folder.path, 'code', 'requirements.txt'), 'sixx');
  const code = await store.addFolder('code', join(folder.path, 'code'));
  const target = { runtime: 'python3.13', architecture: 'x86_64' } as const;
  await expect(
    withPackages(code, join(folder.path, 'code'), target, { store, layers }, () => undefined),
  ).rejects.toThrow('The packages of requirements.txt cannot be installed. There is no package sixx.');
});

test('reports a list that cannot be read', async () => {
  await expect(installed('nodejs22.x', { 'package.json': '{' })).rejects.toThrow(
    /package\.json is not valid JSON\. Correct it\.$/,
  );
});

test('whether code lists packages depends on its runtime', async () => {
  await writeFile(join(folder.path, 'requirements.txt'), '');
  expect(listsPackages(folder.path, 'python3.13')).toBe(true);
  expect(listsPackages(folder.path, 'nodejs22.x')).toBe(false);
});

test('a list that refers to other files of its folder is installed from the whole folder', async () => {
  const { built } = await installed(
    'python3.13',
    { 'app.py': 'one', 'requirements.txt': '-r requirements/base.txt\n', 'requirements/base.txt': 'six' },
    { 'app.py': 'one', 'requirements.txt': './shared\n', 'shared/pyproject.toml': '' },
    { 'app.py': 'one', 'requirements.txt': 'six\n', 'other.txt': '' },
  );
  expect(
    await Promise.all(built.map(async ({ sourceFolder }) => (await readdir(sourceFolder)).sort())),
  ).toEqual([
    ['app.py', 'requirements', 'requirements.txt'],
    ['app.py', 'requirements.txt', 'shared'],
    ['requirements.txt'],
  ]);
});
