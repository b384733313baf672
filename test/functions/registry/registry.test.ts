import { AliasRegistry } from '../../../src/functions/registry/aliases';
import { ConcurrencyRegistry } from '../../../src/functions/registry/concurrency';
import { FunctionRegistry } from '../../../src/functions/registry/functions';
import { Registry } from '../../../src/functions/registry/registry';
import { openState } from '../../../src/functions/registry/state';
import { Store } from '../../../src/functions/store/store';
import { aDeployable } from '../../support/deployables';
import { TemporaryFolder } from '../../support/temporary-folder';

const scope = { region: 'us-east-1', accountId: '000000000000' };

/** What one lambdock has of a data folder. */
class Side {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly aliases: AliasRegistry;
  readonly concurrency: ConcurrencyRegistry;
  /** Changes that it was told of. */
  readonly told: string[] = [];

  constructor(dataFolder: string, store: Store) {
    this.registry = new Registry(openState(dataFolder), store, () => 0);
    this.functions = new FunctionRegistry(this.registry);
    this.aliases = new AliasRegistry(this.registry);
    this.concurrency = new ConcurrencyRegistry(this.registry);
    this.registry.onChange((_, name, elsewhere) => this.told.push(elsewhere ? `${name} elsewhere` : name));
  }

  /** Deployed and in service. */
  deploy(functionName: string, memorySize = 128, at = scope): void {
    const settings = { ...aDeployable().settings, memorySize };
    const deployable = { ...aDeployable(), settings };
    const known = this.registry.functions.get(at, functionName);
    const made = known
      ? this.functions.change(at, functionName, deployable)
      : this.functions.create(at, { functionName, publish: false, ...deployable });
    this.functions.settle(at, made);
  }

  publish(functionName: string): void {
    this.functions.settle(scope, this.functions.publish(scope, functionName, {}));
  }

  memoryOf(functionName: string, at = scope): number | undefined {
    return this.registry.served(at, functionName)?.versions.get('$LATEST')?.memoryMiB;
  }
}

let folder: TemporaryFolder;
let one: Side;
let other: Side;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  const store = await Store.open(folder.path);
  one = new Side(folder.path, store);
  other = new Side(folder.path, store);
});

afterEach(async () => {
  for (const { registry } of [one, other]) registry.database.close();
  await folder[Symbol.asyncDispose]();
});

test('what one deploys, changes and deletes the other sees once it follows', () => {
  one.deploy('f');
  expect(other.memoryOf('f')).toBeUndefined();
  other.registry.follow();
  expect(other.memoryOf('f')).toBe(128);
  expect(other.registry.list(scope).map(({ functionName }) => functionName)).toEqual(['f']);
  one.deploy('f', 256);
  other.registry.follow();
  expect(other.memoryOf('f')).toBe(256);
  one.functions.delete(scope, 'f');
  other.registry.follow();
  expect(other.registry.served(scope, 'f')).toBeUndefined();
  expect(other.registry.list(scope)).toEqual([]);
  expect(other.told).toEqual(Array(3).fill('f elsewhere'));
});

test('functions of one name in several places are several functions', () => {
  const there = { ...scope, region: 'eu-west-1' };
  const account = { ...scope, accountId: '111122223333' };
  one.deploy('f', 128);
  one.deploy('f', 256, there);
  one.deploy('f', 512, account);
  one.deploy('f', 129);
  const memories = () => [scope, there, account].map((at) => one.memoryOf('f', at));
  expect(memories()).toEqual([129, 256, 512]);
  one.functions.delete(scope, 'f');
  expect(memories()).toEqual([undefined, 256, 512]);
  one.functions.delete(there, 'f');
  one.functions.delete(account, 'f');
  expect(memories()).toEqual([undefined, undefined, undefined]);
});

test('versions, aliases that move, and reserved concurrency are followed, from the first look on', () => {
  one.deploy('f');
  one.publish('f');
  one.deploy('f', 256);
  one.publish('f');
  one.aliases.create(scope, 'f', 'live', { version: '1' });
  one.concurrency.reserve(scope, 'f', 7);
  const live = () => other.registry.served(scope, 'f')?.aliases.get('live')?.version;
  other.registry.follow();
  expect([...(other.registry.served(scope, 'f')?.versions.keys() ?? [])]).toEqual(['$LATEST', '1', '2']);
  expect(live()).toBe('1');
  expect([...other.concurrency.allReserved.values()]).toEqual([7]);
  one.aliases.update(scope, 'f', 'live', { version: '2' });
  one.concurrency.free(scope, 'f');
  other.registry.follow();
  expect(live()).toBe('2');
  expect(other.concurrency.allReserved.size).toBe(0);
  one.aliases.delete(scope, 'f', 'live');
  one.functions.delete(scope, 'f', '1');
  other.registry.follow();
  expect(live()).toBeUndefined();
  expect([...(other.registry.served(scope, 'f')?.versions.keys() ?? [])]).toEqual(['$LATEST', '2']);
});

test('of many functions only the changed one is told of, and nothing where nothing has changed', () => {
  for (const name of ['a', 'b', 'c']) one.deploy(name);
  other.registry.follow();
  other.told.length = 0;
  other.registry.follow();
  one.deploy('b', 256);
  other.registry.follow();
  other.registry.follow();
  expect(other.told).toEqual(['b elsewhere']);
});

test('one who listens and fails keeps no other from being told, and nothing from being taken up', () => {
  const end = other.registry.onChange(() => {
    throw new Error('cannot');
  });
  const after: string[] = [];
  other.registry.onChange((_, name) => after.push(name));
  one.deploy('a', 256);
  expect(() => other.registry.follow()).toThrow('cannot');
  expect(other.memoryOf('a')).toBe(256);
  expect(after).toEqual(['a']);
  end();
  other.registry.follow();
  one.deploy('b');
  other.registry.follow();
  expect(after).toEqual(['a', 'b']);
});

test('whoever writes sees what others wrote before, and its own only once', () => {
  one.deploy('theirs');
  other.told.length = 0;
  other.functions.create(scope, { functionName: 'own', publish: false, ...aDeployable() });
  expect(other.told).toEqual(['own', 'theirs elsewhere']);
  expect(other.memoryOf('theirs')).toBe(128);
  other.registry.follow();
  expect(other.told).toHaveLength(2);
});

test('both may write: each write is checked against what is there, wherever it came from', () => {
  one.deploy('f');
  expect(() =>
    other.functions.create(scope, { functionName: 'f', publish: false, ...aDeployable() }),
  ).toThrow('Function already exist: f');
  const { revisionId } = other.registry.function(scope, 'f');
  one.deploy('f', 256);
  expect(() => other.functions.change(scope, 'f', { revisionId, settings: aDeployable().settings })).toThrow(
    'The Revision Id provided does not match',
  );
  one.publish('f');
  other.deploy('f', 512);
  other.publish('f');
  one.registry.follow();
  expect([...(one.registry.served(scope, 'f')?.published.keys() ?? [])]).toEqual(['1', '2']);
  expect(one.memoryOf('f')).toBe(512);
});

test('one that is opened later has everything, and is not told of it', () => {
  one.deploy('f');
  const later = new Side(folder.path, one.registry.store);
  expect(later.memoryOf('f')).toBe(128);
  later.registry.follow();
  expect(later.told).toEqual([]);
  later.registry.database.close();
});

test('a late end of an earlier activation does not settle what was deployed anew under its name', () => {
  const create = () => one.functions.create(scope, { functionName: 'f', publish: true, ...aDeployable() });
  const before = create();
  one.functions.delete(scope, 'f');
  create();
  one.functions.settle(scope, before);
  expect(one.registry.version(scope, 'f', '1').state).toBe('Pending');
});

test('everything in the store that anything deployed needs is referred to, what an update left behind is not', () => {
  const hash = (digit: string) => digit.repeat(64);
  const deployable = (digit: string) => ({
    settings: {
      ...aDeployable().settings,
      layers: [{ arn: 'arn', sizeBytes: 1, unzippedBytes: 1, hash: hash('a') }],
      opt: { shelf: 'opt', hash: hash('b') } as const,
    },
    code: { kind: 'zip', hash: hash(digit), codeSha256: digit, sizeBytes: 1, unzippedBytes: 1 } as const,
  });
  const code = () => [...one.registry.references()].filter((each) => each.startsWith('code/'));
  const { functions } = other;
  functions.settle(scope, functions.create(scope, { functionName: 'f', publish: false, ...deployable('1') }));
  expect([...one.registry.references()].sort()).toEqual([
    `code/${hash('1')}`,
    `layers/${hash('a')}`,
    `opt/${hash('b')}`,
  ]);
  other.publish('f');
  const changed = functions.change(scope, 'f', deployable('2'));
  expect(code()).toEqual([`code/${hash('2')}`, `code/${hash('1')}`]);
  functions.settle(scope, changed);
  functions.settle(scope, functions.change(scope, 'f', deployable('3')), {
    message: 'no',
    code: 'InternalError',
  });
  // What serves goes on to do so.
  expect(code().sort()).toEqual(['1', '2', '3'].map((digit) => `code/${hash(digit)}`));
  functions.delete(scope, 'f', '1');
  expect(code().sort()).toEqual(['2', '3'].map((digit) => `code/${hash(digit)}`));
  functions.delete(scope, 'f');
  expect(code()).toEqual([]);
});
