import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LayerBuilder, type LayerSource, Layers } from '../../../src/functions/build/layers';
import { Store } from '../../../src/functions/store/store';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let store: Store;
let built: LayerSource[];
let layers: Layers;

/** Stands for the runtime's image: "installs" what the list of packages says. */
const build: LayerBuilder = async (source, report) => {
  built.push(source);
  report('installing', 0.5);
  const wanted = readFileSync(join(source.sourceFolder, 'requirements.txt'), 'utf8');
  if (wanted.includes('broken')) throw new Error('No such package.');
  expect(readdirSync(source.targetFolder)).toEqual([]);
  mkdirSync(join(source.targetFolder, 'python'), { mode: 0o700 });
  writeFileSync(join(source.targetFolder, 'python/package.py'), wanted);
};

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  store = await Store.open(join(folder.path, 'data'));
  built = [];
  layers = new Layers(store, build);
});

afterEach(() => folder[Symbol.asyncDispose]());

function write(path: string, content: string): void {
  const full = join(folder.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

const steps: string[] = [];
const prepare = (path: string, runtime = 'python3.13', using = layers) =>
  using.prepare(join(folder.path, path), { runtime, architecture: 'x86_64' }, (step) => steps.push(step));

test.each([
  ['python/module.py'],
  ['nodejs/node_modules/x/index.js'],
  ['bin/tool'],
  ['lib/x.so'],
  ['extensions/ext'],
  ['anything/else'],
])('a folder with %s is laid out already', async (path) => {
  write(`layer/${path}`, 'x');
  const layer = await prepare('layer');
  expect(readFileSync(join(layer.folder, path), 'utf8')).toBe('x');
  expect(built).toEqual([]);
});

test('a list of packages beside python/ is left alone', async () => {
  write('layer/python/module.py', 'x');
  write('layer/requirements.txt', 'y');
  await prepare('layer');
  expect(built).toEqual([]);
});

test('a zip is unpacked', async () => {
  writeFileSync(join(folder.path, 'layer.zip'), await zipOf({ 'python/x.py': 'x' }));
  const layer = await prepare('layer.zip');
  expect(readdirSync(join(layer.folder, 'python'))).toEqual(['x.py']);
});

test('a list of packages is built once per content and runtime, readable for all', async () => {
  write('layer/requirements.txt', 'pillow');
  const [one, two] = await Promise.all([prepare('layer'), prepare('layer')]);
  expect([one, built.length]).toEqual([two, 1]);
  expect(one).toMatchObject({ sizeBytes: 6 });
  expect(lstatSync(join(one.folder, 'python')).mode & 0o777).toBe(0o755);
  expect(steps).toEqual(['installing the packages of layer layer for python3.13', 'installing']);

  const again = new Layers(await Store.open(join(folder.path, 'data')), build);
  expect(await prepare('layer', 'python3.13', again)).toEqual(one);
  expect(built).toHaveLength(1);

  const other = await prepare('layer', 'python3.11');
  write('layer/requirements.txt', 'pillow==12');
  const changed = await prepare('layer');
  expect(built.map((source) => source.runtime)).toEqual(['python3.13', 'python3.11', 'python3.13']);
  expect(new Set([one.hash, other.hash, changed.hash]).size).toBe(3);
});

test('the source that is built does not change when the user goes on editing', async () => {
  write('layer/requirements.txt', 'pillow');
  await prepare('layer');
  write('layer/requirements.txt', 'other');
  expect(readFileSync(join(built[0]?.sourceFolder ?? '', 'requirements.txt'), 'utf8')).toBe('pillow');
});

test('a failed build leaves nothing and is retried', async () => {
  write('layer/requirements.txt', 'broken');
  await expect(prepare('layer')).rejects.toThrow('No such package.');
  await expect(prepare('layer')).rejects.toThrow('No such package.');
  expect(built).toHaveLength(2);
});

test('packages of another language are refused with what to do', async () => {
  write('layer/requirements.txt', 'pillow');
  await expect(prepare('layer', 'nodejs22.x')).rejects.toThrow(
    /Cannot build the layer .*layer for nodejs22.x: it lists packages in requirements.txt, .* Name a layer for nodejs22.x/,
  );
  expect(built).toEqual([]);
});

test('reports a missing layer', async () => {
  await expect(prepare('nope')).rejects.toMatchObject({ kind: 'missing' });
});

test('layers are merged once per list, in its order; of one layer there is nothing to merge', async () => {
  write('one/python/x.py', 'one');
  write('two/python/x.py', 'two');
  chmodSync(join(folder.path, 'two/python/x.py'), 0o755);
  const [one, two] = [await prepare('one'), await prepare('two')];
  expect(await layers.merge([])).toBeUndefined();
  expect(await layers.merge([one])).toEqual(one);
  const merged = await layers.merge([one, two]);
  const reversed = await layers.merge([two, one]);
  expect(readFileSync(join(merged?.folder ?? '', 'python/x.py'), 'utf8')).toBe('two');
  expect(readFileSync(join(reversed?.folder ?? '', 'python/x.py'), 'utf8')).toBe('one');
  expect(await layers.merge([one, two])).toEqual(merged);
  expect(merged?.folder).toBe(join(folder.path, 'data/store/opt', merged?.hash ?? ''));
});

test('a layer with a build method keeps its own modules, with or without packages', async () => {
  const prepareBuilt = (path: string, runtime: string) =>
    layers.prepare(
      { kind: 'built', path: join(folder.path, path), build: { method: 'packages', runtime } },
      { runtime: 'python3.13', architecture: 'x86_64' },
      () => undefined,
    );
  write('modules/tool.py', 'x');
  write('modules/python/inner.py', 'y');
  const modules = await prepareBuilt('modules', 'python3.12');
  expect(readdirSync(join(modules.folder, 'python')).sort()).toEqual(['inner.py', 'python', 'tool.py']);
  expect(built).toEqual([]);

  write('listed/requirements.txt', 'pillow');
  write('listed/python/inner.py', 'y');
  await prepareBuilt('listed', 'python3.12');
  expect(built).toMatchObject([{ runtime: 'python3.13' }]);

  write('node/nodejs/package.json', '{}');
  await expect(prepareBuilt('node', 'java21')).rejects.toThrow(
    /for java21: only Python and Node.js layers can be built/,
  );
});

test('make fills a layer, in a copy of its folder', async () => {
  write(
    'made/Makefile',
    'build-Libs:\n\tmkdir -p $(ARTIFACTS_DIR)/python build\n\tcp tool.py $(ARTIFACTS_DIR)/python\n',
  );
  write('made/tool.py', 'x');
  const layer = (target: string) => ({
    kind: 'built' as const,
    path: join(folder.path, 'made'),
    build: { method: 'makefile' as const, target },
  });
  const target = { runtime: 'python3.13', architecture: 'x86_64' } as const;
  const made = await layers.prepare(layer('build-Libs'), target, () => undefined);
  expect(readFileSync(join(made.folder, 'python/tool.py'), 'utf8')).toBe('x');
  expect(readdirSync(join(folder.path, 'made')).sort()).toEqual(['Makefile', 'tool.py']);
  await expect(layers.prepare(layer('build-Other'), target, () => undefined)).rejects.toThrow(
    /^Cannot make build-Other:\n.*No rule to make target/s,
  );
});
