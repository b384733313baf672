import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Layers } from '../../../src/functions/build/layers';
import { withPackages } from '../../../src/functions/build/own-packages';
import type { Bundle } from '../../../src/functions/store/bundle';
import { Store } from '../../../src/functions/store/store';
import { reference } from '../../../src/functions/store/store-sections';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const graceMs = 1_000;

let folder: TemporaryFolder;
let data: string;
let store: Store;
/** What is deployed, and what sandboxes have. */
let references: Set<string>;
let folders: Set<string>;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  data = join(folder.path, 'data');
  store = await Store.open(data);
  [references, folders] = [new Set(), new Set()];
});

afterEach(() => folder[Symbol.asyncDispose]());

const prune = (nowMs: number) => store.prune(() => ({ references, folders }), nowMs, graceMs);

/** Everything in the store but its index. */
const found = () =>
  ['code', 'layers', 'opt', 'zips'].flatMap((section) =>
    readdirSync(join(data, 'store', section)).map((name) => `${section}/${name}`),
  );

async function addFolder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder.path, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return join(folder.path, name);
}

const isThere = ({ folder: path }: Bundle) => existsSync(path) && existsSync(`${path}.json`);

test('notes unreferenced content first, and removes it after the grace', async () => {
  const zip = await zipOf({ 'app.py': 'old' });
  const { hash } = await store.addZip('code', zip);
  await store.keepZip(zip);
  const fromFolder = await store.addFolder('code', await addFolder('code', { 'app.py': 'x' }));
  await store.zipFile(fromFolder.hash);
  expect(await prune(5_000)).toEqual([5_000, 5_000, 5_000, 5_000]);
  expect(await prune(6_000)).toEqual([5_000, 5_000, 5_000, 5_000]);
  expect(isThere(fromFolder)).toBe(true);
  expect(await prune(6_001)).toEqual([]);
  expect(found()).toEqual([]);
  expect(await store.get('code', hash)).toBeUndefined();
  expect(await store.addZip('code', zip)).toMatchObject({ hash });
});

test('keeps what is deployed or used by a sandbox, and zips with their content', async () => {
  const zip = await zipOf({ 'app.py': 'deployed' });
  const deployed = await store.addZip('code', zip);
  await store.keepZip(zip);
  const running = await store.addFolder('code', await addFolder('running', { 'app.py': 'running' }));
  const layer = await store.addFolder('layers', await addFolder('layer', { 'python/x.py': 'x' }));
  references.add(reference('code', deployed.hash)).add(reference('layers', layer.hash));
  folders.add(running.folder);
  // A sandbox ends some time, so that is worth another look.
  for (const nowMs of [0, 2_000, 4_000]) expect(await prune(nowMs)).toEqual([nowMs]);
  expect([deployed, running, layer].every(isThere)).toBe(true);
  expect(existsSync(store.keptZip(deployed.hash))).toBe(true);
  // Nothing refers to its content once the sandbox has ended.
  folders.clear();
  await prune(5_000);
  await prune(7_000);
  expect([deployed, running, layer].map(isThere)).toEqual([true, false, true]);
});

test('the grace period restarts each time that content becomes unused', async () => {
  const bundle = await store.addFolder('code', await addFolder('code', { 'app.py': 'x' }));
  await prune(0);
  references.add(reference('code', bundle.hash));
  await prune(2_000);
  references.clear();
  expect(await prune(4_000)).toEqual([4_000]);
  expect(await prune(5_000)).toEqual([4_000]);
  expect(isThere(bundle)).toBe(true);
  expect(await prune(5_001)).toEqual([]);
  expect(isThere(bundle)).toBe(false);
});

test('the grace also begins anew when the content is read, since a deployment refers to it at its end', async () => {
  const zip = await zipOf({ 'app.py': 'zip' });
  const path = await addFolder('code', { 'app.py': 'folder' });
  const key = 'a'.repeat(64);
  const ways: readonly (() => Promise<unknown>)[] = [
    async () => Promise.all([store.addZip('code', zip), store.keepZip(zip)]),
    () => store.addFolder('code', path),
    () => store.make('opt', key, async () => 0),
    () => store.get('opt', key),
  ];
  for (const way of ways) await way();
  for (const [index, way] of ways.entries()) {
    const before = 10_000 * index;
    await prune(before);
    await way();
    const kept = found();
    expect(kept).toEqual(expect.arrayContaining([expect.stringMatching(/^[a-z]+\/[0-9a-f]{64}(\.zip)?$/)]));
    const left = await prune(before + 5_000);
    expect(left).toEqual(left.map(() => before + 5_000));
    expect(left.length).toBeGreaterThan(0);
    for (const each of ways) await each();
  }
});

test('keeps the sources of deployed content, which would have to be built again', async () => {
  const build = async ({ targetFolder }: { readonly targetFolder: string }) => {
    mkdirSync(join(targetFolder, 'python'), { mode: 0o755 });
    writeFileSync(join(targetFolder, 'python', 'built.py'), 'built');
  };
  const layers = new Layers(store, build);
  const report = () => undefined;
  const target = { runtime: 'python3.13', architecture: 'x86_64' } as const;
  const source = await addFolder('source', { 'requirements.txt': 'six' });
  const built = await layers.prepare(source, target, report);
  const plain = await layers.prepare(await addFolder('plain', { 'bin/x': 'x' }), target, report);
  const merged = await layers.merge([built, plain]);
  const path = await addFolder('code', { 'app.py': 'x', 'requirements.txt': 'six==1' });
  const code = await store.addFolder('code', path);
  const packaged = await withPackages(code, path, target, { store, layers }, report);
  const before = found().filter((each) => !each.endsWith('.json'));
  references.add(reference('opt', merged?.hash ?? '')).add(reference('code', packaged.hash));
  await prune(0);
  await prune(2_000);
  const gone = before.filter((each) => !existsSync(join(data, 'store', each)));
  expect(gone).toEqual([]);
  expect([built, plain, code, packaged, ...(merged ? [merged] : [])].every(isThere)).toBe(true);
  references.delete(reference('code', packaged.hash));
  await prune(3_000);
  await prune(5_000);
  expect([built, plain, ...(merged ? [merged] : [])].every(isThere)).toBe(true);
  expect([code, packaged].some(isThere)).toBe(false);
});

test('also removes what a crash left', async () => {
  const [one, two, three] = ['1', '2', '3'].map((digit) => join(data, 'store', 'code', digit.repeat(64)));
  writeFileSync(`${one}.json`, '{}');
  mkdirSync(two ?? '');
  writeFileSync(`${three}.unused`, 'no time');
  await prune(0);
  await prune(2_000);
  await prune(4_000);
  expect(found()).toEqual([]);
});

test('leaves a store in another place alone, since others may use it', async () => {
  const bundle = await store.addFolder('code', await addFolder('code', { 'app.py': 'x' }));
  renameSync(join(data, 'store'), join(folder.path, 'elsewhere'));
  symlinkSync(join(folder.path, 'elsewhere'), join(data, 'store'));
  expect(await prune(0)).toEqual([]);
  expect(await prune(2_000)).toEqual([]);
  expect(lstatSync(bundle.folder).isDirectory()).toBe(true);
});

test('content that is read at the moment of its removal is complete', async () => {
  const other = await Store.open(data);
  const path = await addFolder('code', { 'app.py': 'x' });
  const zip = await zipOf({ 'app.py': 'y' });
  const key = 'b'.repeat(64);
  const fill = async (target: string) => {
    writeFileSync(join(target, 'app.py'), 'z');
    return 1;
  };
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await setImmediate();
  };
  let removed = 0;
  for (let round = 0; round < 100; round++) {
    const before = await Promise.all([
      store.addFolder('code', path),
      store.addZip('code', zip),
      store.make('opt', key, fill),
    ]);
    await store.keepZip(zip);
    await prune(round * 10_000);
    const pruning = prune(round * 10_000 + 5_000);
    // Before it, at any point of it, and after it.
    if (round % 10 === 9) await pruning;
    else await turns((round * 7) % 60);
    removed += before.filter((each) => !existsSync(each.folder)).length;
    const [bundles, hash] = await Promise.all([
      Promise.all([other.addFolder('code', path), other.addZip('code', zip), other.make('opt', key, fill)]),
      other.keepZip(zip),
    ]);
    await pruning;
    expect([bundles.map(({ folder: each }) => existsSync(join(each, 'app.py'))), round]).toEqual([
      [true, true, true],
      round,
    ]);
    expect(await Promise.all([other.get('code', bundles[0].hash), other.get('opt', key)])).toEqual([
      bundles[0],
      bundles[2],
    ]);
    expect(existsSync(other.keptZip(hash))).toBe(true);
  }
  // Some were removed already, and some were not.
  expect(removed).toBeGreaterThan(0);
  expect(removed).toBeLessThan(300);
}, 180_000);
