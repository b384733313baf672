import { architectureCheck } from '../../src/functions/build/architecture-check';
import type { FunctionVersion } from '../../src/functions/function-version';
import { type FunctionFailure, FunctionRegistry } from '../../src/functions/registry/functions';
import { Registry } from '../../src/functions/registry/registry';
import { openState } from '../../src/functions/registry/state';
import { Store } from '../../src/functions/store/store';
import { Activation } from '../../src/hosting/activation';
import type { Database } from '../../src/lib/database';
import { type Deferred, deferred } from '../../src/lib/deferred';
import { aDeployable } from '../support/functions/deployables';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const scope = { region: 'us-east-1', accountId: '000000000000' };
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';

let folder: TemporaryFolder;
let database: Database;
let registry: Registry;
let functions: FunctionRegistry;
let activation: Activation;
/** What was asked to be made ready, and how each ends. */
let asked: { readonly version: FunctionVersion; readonly done: Deferred<FunctionFailure | undefined> }[];
let failures: Error[];
/** Resolves when what is in progress has been visible for long enough. */
let shown: Deferred<void>;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  database = openState(folder.path);
  asked = [];
  failures = [];
  shown = deferred();
  shown.resolve();
  await start();
});

afterEach(async () => {
  activation.close();
  database.close();
  await folder[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

/** A run of lambdock in the folder. */
async function start(): Promise<void> {
  registry = new Registry(database, await Store.open(folder.path), () => 0);
  functions = new FunctionRegistry(registry);
  activation = new Activation({
    registry,
    functions,
    checkArchitecture: architectureCheck('x86_64', true, () => undefined),
    pullImage: async (reference) => ({ message: `There is no image ${reference}.`, code: 'InvalidImage' }),
    prepare: (version) => {
      const done = deferred<FunctionFailure | undefined>();
      asked.push({ version, done });
      return done.promise;
    },
    progress: { shown: () => shown.promise },
    fail: (error) => failures.push(error),
  });
}

const create = (publish = false) => functions.create(scope, { functionName: 'f', publish, ...aDeployable() });
const withMemory = (memorySize: number) => ({ ...aDeployable().settings, memorySize });
const latest = () => registry.function(scope, 'f');
const served = () => registry.served(scope, 'f')?.versions.get('$LATEST');

/** Resolves when preparing has been asked for so many times. */
async function askedFor(times: number): Promise<void> {
  while (asked.length < times) await new Promise((resolve) => setImmediate(resolve));
}

/** Ends the nth preparation, and waits until that has been written. */
async function end(index: number, failure?: FunctionFailure): Promise<void> {
  await askedFor(index + 1);
  const written = new Promise<void>((resolve) => {
    // What was made ready serves, and then its state changes.
    let left = failure === undefined ? 2 : 1;
    const stop = registry.onChange(() => {
      left -= 1;
      if (left > 0) return;
      stop();
      resolve();
    });
  });
  asked[index]?.done.resolve(failure);
  await written;
}

test('a function is pending until it has what it needs, and cannot be changed or published meanwhile', async () => {
  expect(create()).toMatchObject({ state: 'Pending', stateReason: { code: 'Creating' } });
  expect(served()).toBeUndefined();
  const pending =
    'The operation cannot be performed at this time. The function is currently in the following state: Pending';
  expect(() => functions.change(scope, 'f', { settings: withMemory(256) })).toThrow(pending);
  expect(() => functions.publish(scope, 'f', {})).toThrow(pending);
  const before = latest().revisionId;
  await end(0);
  expect(latest()).toMatchObject({ state: 'Active', update: 'Successful' });
  expect(latest()).not.toHaveProperty('stateReason');
  expect(latest().revisionId).not.toBe(before);
  expect(served()?.memoryMiB).toBe(128);
});

test('a ready version serves while its state is still shown as in progress', async () => {
  create();
  await end(0);
  shown = deferred();
  functions.change(scope, 'f', { settings: withMemory(256) });
  await askedFor(2);
  const serves = new Promise<void>((resolve) => registry.onChange(() => resolve()));
  asked[1]?.done.resolve(undefined);
  await serves;
  expect(served()?.memoryMiB).toBe(256);
  expect(latest().update).toBe('InProgress');
  const settled = new Promise<void>((resolve) => registry.onChange(() => resolve()));
  shown.resolve();
  await settled;
  expect(latest().update).toBe('Successful');
  expect(latest()).not.toHaveProperty('ready');
});

test('while an update is in progress the old settings serve, and no other update begins', async () => {
  create();
  await end(0);
  functions.change(scope, 'f', { settings: withMemory(256) });
  expect(latest()).toMatchObject({ state: 'Active', update: 'InProgress', settings: { memorySize: 256 } });
  expect(served()?.memoryMiB).toBe(128);
  expect(() => functions.change(scope, 'f', { settings: withMemory(512) })).toThrow(
    `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  );
  await end(1);
  expect(served()?.memoryMiB).toBe(256);
  expect(latest()).not.toHaveProperty('serving');
});

test('after an update that failed the old settings go on, until one succeeds', async () => {
  create();
  await end(0);
  functions.change(scope, 'f', { settings: withMemory(256) });
  await end(1, { message: 'no image', code: 'InvalidImage' });
  expect(latest()).toMatchObject({
    state: 'Active',
    update: 'Failed',
    updateReason: { text: 'no image', code: 'InvalidImage' },
  });
  expect(served()?.memoryMiB).toBe(128);
  functions.change(scope, 'f', { settings: withMemory(512) });
  await end(2);
  expect(latest().update).toBe('Successful');
  expect(served()?.memoryMiB).toBe(512);
});

test('a function that failed at its creation can be updated', async () => {
  create();
  await end(0, { message: 'no runtime', code: 'InvalidRuntime' });
  expect(latest()).toMatchObject({ state: 'Failed', stateReason: { code: 'InvalidRuntime' } });
  functions.change(scope, 'f', { settings: withMemory(256) });
  expect(latest().state).toBe('Pending');
  await end(1);
  expect(latest().state).toBe('Active');
  expect(served()?.memoryMiB).toBe(256);
});

test('what one run could not end the next one takes up', async () => {
  create(true);
  await askedFor(2);
  activation.close();
  await start();
  await end(2);
  await end(3);
  expect(asked.slice(2).map(({ version }) => version.version)).toEqual(['$LATEST', '1']);
  expect([...(registry.served(scope, 'f')?.versions.keys() ?? [])]).toEqual(['$LATEST', '1']);
});

test('what was deleted meanwhile stays deleted', async () => {
  create();
  await askedFor(1);
  functions.delete(scope, 'f');
  await end(0);
  expect(registry.served(scope, 'f')).toBeUndefined();
  expect(registry.functions.get(scope, 'f')).toBeUndefined();
});

test('a refused architecture fails with the reason', async () => {
  const deployable = aDeployable();
  const settings = { ...deployable.settings, architecture: 'arm64' } as const;
  const written = new Promise<void>((resolve) => {
    let changes = 0;
    registry.onChange(() => ++changes === 2 && resolve());
  });
  functions.create(scope, { functionName: 'f', publish: false, ...deployable, settings });
  await written;
  expect(latest()).toMatchObject({
    state: 'Failed',
    stateReason: {
      text: expect.stringMatching(/^The function asks for arm64, but the engine runs x86_64\./),
    },
  });
});

test('prepares what another lambdock has deployed, and reports only success, since the other may have what is missing', async () => {
  const there = openState(folder.path);
  const elsewhere = new FunctionRegistry(new Registry(there, registry.store, () => 0));
  const deploy = (functionName: string) =>
    elsewhere.create(scope, { functionName, publish: false, ...aDeployable() });
  deploy('lacking');
  registry.follow();
  await askedFor(1);
  asked[0]?.done.resolve({ message: 'no image', code: 'InvalidImage' });
  deploy('f');
  registry.follow();
  await end(1);
  expect(latest().state).toBe('Active');
  expect(registry.function(scope, 'lacking').state).toBe('Pending');
  there.close();
});
