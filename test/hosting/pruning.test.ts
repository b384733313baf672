import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionRegistry } from '../../src/functions/registry/functions';
import { Registry } from '../../src/functions/registry/registry';
import { openState } from '../../src/functions/registry/state';
import { Store } from '../../src/functions/store/store';
import { Pruning } from '../../src/hosting/pruning';
import type { Database } from '../../src/lib/database';
import { TestClock } from '../support/fakes/test-clock';
import { aDeployable } from '../support/functions/deployables';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const scope = { region: 'us-east-1', accountId: '000000000000' };
const hourMs = 3_600_000;
const quietMs = 10_000;

let folder: TemporaryFolder;
let database: Database;
let registry: Registry;
let functions: FunctionRegistry;
let clock: TestClock;
let pruning: Pruning;
let failures: Error[];
/** Folders that sandboxes have. */
let folders: Set<string>;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  database = openState(join(folder.path, 'data'));
  clock = new TestClock();
  registry = new Registry(database, await Store.open(join(folder.path, 'data')), () => clock.now());
  functions = new FunctionRegistry(registry);
  [failures, folders] = [[], new Set()];
  const fail = (error: Error) => failures.push(error);
  pruning = new Pruning({ registry, clock, folders: () => folders, fail });
});

afterEach(async () => {
  await pruning.close();
  database.close();
  await folder[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

/** Deploys this, as the watched file does at every save; resolves to where its code lies. */
async function deploy(says: string): Promise<string> {
  const code = join(folder.path, 'code');
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'app.py'), says);
  const { hash, codeSha256, sizeBytes, folder: stored } = await registry.store.addFolder('code', code);
  const made = { kind: 'zip', hash, codeSha256, sizeBytes, unzippedBytes: sizeBytes } as const;
  functions.putTemplate(scope, 'f', { ...aDeployable(), code: made });
  return stored;
}

/** Resolves when a look has ended that has set this alarm. */
async function untilAlarms(...msFromNow: readonly number[]): Promise<void> {
  while (JSON.stringify(clock.alarms) !== JSON.stringify(msFromNow))
    await new Promise((resolve) => setImmediate(resolve));
}

async function untilGone(...paths: readonly string[]): Promise<void> {
  while (paths.some((path) => existsSync(path))) await new Promise((resolve) => setImmediate(resolve));
}

test('looks at the start for what earlier runs left, and removes it an hour later', async () => {
  const [old, current] = [await deploy('old'), await deploy('current')];
  pruning.begin();
  await untilAlarms(hourMs + 1);
  clock.advance(hourMs);
  expect(existsSync(old)).toBe(true);
  clock.advance(1);
  await untilGone(old);
  expect(existsSync(current)).toBe(true);
  // Again, although nothing is left: not everything that leaves content behind is reported.
  await untilAlarms(hourMs + 1);
});

test('repeats a look that failed', async () => {
  const old = await deploy('old');
  await deploy('current');
  const { prune } = registry.store;
  registry.store.prune = () => Promise.reject(new Error('the disk is full'));
  pruning.begin();
  await untilAlarms(hourMs + 1);
  expect(failures.splice(0).map(({ message }) => message)).toEqual(['the disk is full']);
  registry.store.prune = prune;
  for (let look = 0; look < 2; look++) {
    clock.advance(hourMs + 1);
    if (look === 0) await untilAlarms(hourMs + 1);
  }
  await untilGone(old);
});

test('looks once after several saves, and removes what each left an hour later', async () => {
  const [old, first] = [await deploy('old'), await deploy('first')];
  pruning.begin();
  await untilAlarms(hourMs + 1);
  const second = await deploy('second');
  expect(clock.alarms).toEqual([quietMs]);
  clock.advance(quietMs / 2);
  const third = await deploy('third');
  expect(clock.alarms).toEqual([quietMs / 2]);
  clock.advance(quietMs / 2);
  await untilAlarms(hourMs + 1 - quietMs);
  clock.advance(hourMs + 1 - quietMs);
  await untilAlarms(quietMs);
  expect([old, first, second, third].map((each) => existsSync(each))).toEqual([false, true, true, true]);
  clock.advance(quietMs);
  await untilGone(first, second);
  expect(existsSync(third)).toBe(true);
});

test('keeps what a sandbox still uses, and looks at it again', async () => {
  const [old, current] = [await deploy('old'), await deploy('current')];
  folders.add(old);
  pruning.begin();
  for (let hour = 0; hour < 3; hour++) {
    await untilAlarms(hourMs + 1);
    expect(existsSync(old)).toBe(true);
    clock.advance(hourMs + 1);
  }
  await untilAlarms(hourMs + 1);
  folders.clear();
  clock.advance(hourMs + 1);
  await untilAlarms(hourMs + 1);
  clock.advance(hourMs + 1);
  await untilGone(old);
  expect(existsSync(current)).toBe(true);
});

test('does not look again after close', async () => {
  await deploy('old');
  await deploy('current');
  await pruning.close();
  pruning.begin();
  await deploy('another');
  expect(clock.alarms).toEqual([]);
});
