import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../../src/aws/limits';
import { architectureCheck } from '../../src/functions/build/architecture-check';
import { CodeBuilder } from '../../src/functions/build/code-builder';
import { type LayerSource, Layers } from '../../src/functions/build/layers';
import { FunctionRegistry } from '../../src/functions/registry/functions';
import { Registry } from '../../src/functions/registry/registry';
import { openState } from '../../src/functions/registry/state';
import { TemplateOwners } from '../../src/functions/registry/template-owners';
import { Store } from '../../src/functions/store/store';
import type { WantedFunction, WantedZip } from '../../src/functions/template/wanted';
import { Catalogue, FunctionUnavailableError } from '../../src/hosting/catalogue';
import type { Database } from '../../src/lib/database';
import { type Deferred, deferred } from '../../src/lib/deferred';
import { aWantedFunction } from '../support/functions/wanted-functions';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const scope = { region: 'eu-central-1', accountId: '123456789012' };

let folder: TemporaryFolder;
let catalogue: Catalogue;
let database: Database;
let functions: FunctionRegistry;
let changes: string[];
/** What building a layer waits for. */
let gate: Deferred<void>;
let steps: string[];

const buildLayer = async ({ targetFolder }: LayerSource) => {
  await gate.promise;
  mkdirSync(join(targetFolder, 'python'));
};

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  gate = deferred();
  changes = [];
  steps = [];
  database = openState(join(folder.path, 'data'));
  catalogue = await open();
  catalogue.onChange((_place, name) => changes.push(name));
  write('code/app.py', 'print()');
  write('layer/python/x.py', 'x');
  write('source/requirements.txt', 'pillow');
});

afterEach(async () => {
  database.close();
  await folder[Symbol.asyncDispose]();
});

/** A catalogue of what the data folder has, as after a start. */
async function open(): Promise<Catalogue> {
  const registry = new Registry(database, await Store.open(join(folder.path, 'data')), () => Date.now());
  functions = new FunctionRegistry(registry);
  const layers = new Layers(registry.store, buildLayer);
  return new Catalogue({
    registry,
    functions,
    layers,
    builder: new CodeBuilder({
      store: registry.store,
      layers,
      folder: join(folder.path, 'builds'),
      buildImage: async () => undefined,
    }),
    hosts: new TemplateOwners(database, 'boot', () => new Set()),
    scope,
    architecture: 'x86_64',
    checkArchitecture: architectureCheck('x86_64', true, () => undefined),
    imageId: async () => undefined,
    report: (name, step) => steps.push(`${name}: ${step}`),
  });
}

function write(path: string, content: string): void {
  const full = join(folder.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

const wanted = (name: string, more?: Partial<WantedFunction>, zip?: Partial<WantedZip>) =>
  aWantedFunction(name, join(folder.path, 'code'), more, zip);

const layerPath = (name: string) => join(folder.path, name);

test('a function becomes a version that an environment can be made from', async () => {
  await catalogue.apply([
    wanted(
      'hello',
      { description: 'Says hello', environment: { STAGE: 'dev' } },
      { layers: [layerPath('layer')] },
    ),
  ]);
  const version = catalogue.find('hello');
  expect(version).toEqual({
    functionName: 'hello',
    version: '$LATEST',
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:hello',
    description: 'Says hello',
    architecture: 'x86_64',
    package: {
      kind: 'zip',
      runtime: 'python3.13',
      handler: 'app.handler',
      codeFolder: expect.stringContaining(join('data', 'store', 'code')),
      codeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      layersFolder: expect.stringContaining(join('data', 'store', 'layers')),
    },
    memoryMiB: 128,
    timeoutMs: 3_000,
    ephemeralStorageMiB: 512,
    environment: { STAGE: 'dev' },
    revision: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(Object.isFrozen(version)).toBe(true);
  expect(catalogue.find('hello', '$LATEST')).toBe(version);
  expect(catalogue.find('hello', '1')).toBeUndefined();
  expect(catalogue.find('other')).toBeUndefined();
  expect(await catalogue.ready('hello')).toBe(version);
  expect(catalogue.list()).toEqual([
    {
      name: 'hello',
      state: 'ready',
      wanted: expect.anything(),
      isFromTemplate: true,
      version,
      published: 0,
      aliases: [],
    },
  ]);
  expect(catalogue.entry('hello')).toEqual(catalogue.list()[0]);
  expect(changes).toEqual(['hello']);
  expect(steps).toEqual(['hello: reading code', 'hello: reading layers']);
});

test('an image needs nothing from the store', async () => {
  const image = { kind: 'image', image: 'my-image:tag', command: ['x'] } as const;
  await catalogue.apply([wanted('boxed', { package: image })]);
  expect(catalogue.find('boxed')?.package).toEqual(image);
});

test('the same template again changes nothing', async () => {
  const both = () => [wanted('one'), wanted('two', {}, { layers: [layerPath('layer')] })];
  await catalogue.apply(both());
  const before = catalogue.list().map((entry) => entry.version?.revision);
  changes.length = 0;
  const again = catalogue.apply(both());
  expect(catalogue.list().map((entry) => entry.state)).toEqual(['ready', 'ready']);
  await again;
  expect(catalogue.list().map((entry) => entry.version?.revision)).toEqual(before);
  expect(changes).toEqual([]);
});

test.each<[string, () => WantedFunction]>([
  ['memory', () => wanted('hello', { memoryMiB: 129 })],
  ['timeout', () => wanted('hello', { timeoutMs: 4_000 })],
  ['/tmp', () => wanted('hello', { ephemeralStorageMiB: 513 })],
  ['a variable', () => wanted('hello', { environment: { AB: 'x' } })],
  ['the handler', () => wanted('hello', {}, { handler: 'other.handler' })],
  ['the runtime', () => wanted('hello', {}, { runtime: 'python3.12' })],
  ['a layer', () => wanted('hello', {}, { layers: [layerPath('layer')] })],
  [
    'the code',
    () => {
      write('code/app.py', 'PRINT()');
      return wanted('hello');
    },
  ],
  ['its becoming an image', () => wanted('hello', { package: { kind: 'image', image: 'x' } })],
])('%s makes another revision, and notifies listeners', async (_, change) => {
  await catalogue.apply([wanted('hello')]);
  const before = catalogue.find('hello');
  changes.length = 0;
  await catalogue.apply([change()]);
  expect(catalogue.find('hello')?.revision).not.toBe(before?.revision);
  expect(changes).toEqual(['hello']);
});

test('a new description alone does not retire environments', async () => {
  await catalogue.apply([wanted('hello')]);
  changes.length = 0;
  await catalogue.apply([wanted('hello', { description: 'new' })]);
  expect(catalogue.find('hello')?.description).toBe('new');
  expect(changes).toEqual([]);
});

test('one that fails is kept with its reason, and the others go on', async () => {
  await catalogue.apply([wanted('bad', {}, { code: layerPath('nowhere') }), wanted('good')]);
  expect(catalogue.list()).toMatchObject([
    { name: 'bad', state: 'failed', reason: expect.stringMatching(/nowhere cannot be read \(ENOENT\)\.$/) },
    { name: 'good', state: 'ready' },
  ]);
  expect(catalogue.find('bad')).toBeUndefined();
  const failure = await catalogue.ready('bad').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FunctionUnavailableError);
  expect(failure).toMatchObject({
    kind: 'failed',
    message: expect.stringMatching(/^bad cannot be run\. .*nowhere/),
  });
  await expect(catalogue.ready('unheard-of')).rejects.toMatchObject({ kind: 'unknown' });
});

test('a failed one is tried again by the next template', async () => {
  await catalogue.apply([wanted('hello', {}, { code: layerPath('later') })]);
  write('later/app.py', 'x');
  const again = catalogue.apply([wanted('hello', {}, { code: layerPath('later') })]);
  const waiting = catalogue.ready('hello');
  await again;
  expect(await waiting).toBe(catalogue.find('hello'));
  expect(catalogue.entry('hello')).not.toHaveProperty('reason');
});

test('while the first version is in the making, callers wait for it', async () => {
  const applied = catalogue.apply([wanted('slow', {}, { layers: [layerPath('source')] }), wanted('fast')]);
  await catalogue.ready('fast');
  expect(catalogue.list().map((entry) => [entry.name, entry.state])).toEqual([
    ['fast', 'ready'],
    ['slow', 'preparing'],
  ]);
  expect(catalogue.find('slow')).toBeUndefined();
  const waiting = catalogue.ready('slow');
  gate.resolve();
  await applied;
  expect(await waiting).toBe(catalogue.find('slow'));
});

test('lists expected functions as being prepared, and lets callers wait for them, before they are applied', async () => {
  const functions = [wanted('hello')];
  catalogue.expect(functions);
  expect(catalogue.list()).toMatchObject([{ name: 'hello', state: 'preparing', isFromTemplate: true }]);
  const waiting = catalogue.ready('hello');
  await catalogue.apply(functions);
  expect(await waiting).toBe(catalogue.find('hello'));
  expect(catalogue.list()).toMatchObject([{ name: 'hello', state: 'ready' }]);
});

test('a changed function serves its previous version until the new one is ready, and after a failure', async () => {
  await catalogue.apply([wanted('hello')]);
  const before = catalogue.find('hello');
  const applied = catalogue.apply([wanted('hello', {}, { layers: [layerPath('source')] })]);
  expect(catalogue.entry('hello')).toMatchObject({ state: 'preparing', version: before });
  expect(await catalogue.ready('hello')).toBe(before);
  gate.reject(new Error('No such package.'));
  await applied;
  expect(catalogue.entry('hello')).toMatchObject({
    state: 'failed',
    reason: 'The packages of layer source cannot be installed. No such package.',
    version: before,
  });
  expect(await catalogue.ready('hello')).toBe(before);
});

test('a later template overtakes an earlier one that is still being prepared', async () => {
  const first = catalogue.apply([wanted('hello', { memoryMiB: 256 }, { layers: [layerPath('source')] })]);
  const waiting = catalogue.ready('hello');
  await catalogue.apply([wanted('hello', { memoryMiB: 512 })]);
  expect((await waiting).memoryMiB).toBe(512);
  gate.resolve();
  await first;
  expect(catalogue.find('hello')?.memoryMiB).toBe(512);
  expect(changes).toEqual(['hello']);
});

test('removes what is no longer wanted, and rejects those that wait for it', async () => {
  const first = catalogue.apply([wanted('slow', {}, { layers: [layerPath('source')] }), wanted('quick')]);
  const waiting = catalogue.ready('slow').catch((error: unknown) => error);
  await catalogue.ready('quick');
  changes.length = 0;
  await catalogue.apply([]);
  expect(await waiting).toMatchObject({ kind: 'unknown', functionName: 'slow' });
  gate.resolve();
  await first;
  expect(catalogue.list()).toEqual([]);
  expect(changes).toEqual(['quick']);
});

test('does not notify a listener that has ended', async () => {
  const heard: string[] = [];
  const end = catalogue.onChange((_place, name) => heard.push(name));
  await catalogue.apply([wanted('one')]);
  end();
  await catalogue.apply([wanted('two')]);
  expect(heard).toEqual(['one']);
});

test('code and layers count together against the limit', async () => {
  write('big/app.py', '');
  truncateSync(join(folder.path, 'big/app.py'), 1_000_000);
  write('large/data', '');
  truncateSync(join(folder.path, 'large/data'), limits.unzippedBytes - 999_999);
  await catalogue.apply([wanted('fat', {}, { code: layerPath('big'), layers: [layerPath('large')] })]);
  expect(catalogue.entry('fat')).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(
      /^Code and layers must have at most 262144000 bytes unzipped, got 262144001\./,
    ),
  });
});

test('a refused architecture fails the function, the engine`s own is what others get', async () => {
  await catalogue.apply([
    wanted('arm', { architecture: 'arm64' }),
    wanted('same', { architecture: 'x86_64' }),
  ]);
  expect(catalogue.entry('arm')?.reason).toBe(
    'The function asks for arm64, but the engine runs x86_64. Change its architecture, or set "architecture: any".',
  );
  expect(catalogue.find('same')?.architecture).toBe('x86_64');
});

test('the stored code is what the user had', async () => {
  await catalogue.apply([wanted('hello')]);
  const made = catalogue.find('hello')?.package;
  expect(made?.kind === 'zip' && readFileSync(join(made.codeFolder, 'app.py'), 'utf8')).toBe('print()');
});

test('what an earlier run left of the file serves only once it has been prepared again', async () => {
  await catalogue.apply([wanted('hello'), wanted('other')]);
  const before = catalogue.find('hello');
  const next = await open();
  expect(next.find('hello')).toBeUndefined();
  await next.apply([wanted('hello')]);
  expect(next.find('hello')).toEqual(before);
  expect(next.list().map(({ name }) => name)).toEqual(['hello']);
});

test('a function that a client deleted stays deleted until the template is deployed again', async () => {
  await catalogue.apply([wanted('hello')]);
  functions.delete(scope, 'hello');
  expect(catalogue.find('hello')).toBeUndefined();
  expect(catalogue.entry('hello')).toBeUndefined();
  await expect(catalogue.ready('hello')).rejects.toMatchObject({ kind: 'unknown' });
  await catalogue.apply([wanted('hello')]);
  expect(catalogue.find('hello')?.functionName).toBe('hello');
});

test('reads only changed sources if the changes are known', async () => {
  const own = { code: layerPath('own') };
  write('own/app.py', 'first');
  const both = [wanted('hello'), wanted('other', {}, own)];
  await catalogue.apply(both);
  const revisions = () => ['hello', 'other'].map((name) => catalogue.find(name)?.revision);
  const [hello, other] = revisions();
  write('code/app.py', 'second');
  write('own/app.py', 'second');
  await catalogue.apply(both, new Set([join(folder.path, 'own', 'app.py')]));
  expect(revisions()[0]).toBe(hello);
  expect(revisions()[1]).not.toBe(other);
  // A folder above a source is as good as the source.
  await catalogue.apply(both, new Set([folder.path]));
  expect(revisions()[0]).not.toBe(hello);
});

test('a function that was changed over the wire is made as the file has it, whatever has changed', async () => {
  await catalogue.apply([wanted('hello')]);
  const made = catalogue.find('hello')?.revision;
  functions.dropTemplate(scope, 'hello');
  await catalogue.apply([wanted('hello')], new Set());
  expect(catalogue.find('hello')?.revision).toBe(made);
});
