import { aDeployable } from '../../support/functions/deployables';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();

test('a follower sees what another lambdock deploys, changes and deletes', () => {
  folder.one.deploy('f');
  expect(folder.other.memoryOf('f')).toBeUndefined();
  folder.other.registry.follow();
  expect(folder.other.memoryOf('f')).toBe(128);
  expect(folder.other.registry.list(scope).map(({ functionName }) => functionName)).toEqual(['f']);
  folder.one.deploy('f', 256);
  folder.other.registry.follow();
  expect(folder.other.memoryOf('f')).toBe(256);
  folder.one.functions.delete(scope, 'f');
  folder.other.registry.follow();
  expect(folder.other.registry.served(scope, 'f')).toBeUndefined();
  expect(folder.other.registry.list(scope)).toEqual([]);
  expect(folder.other.changes).toEqual(Array(3).fill('f elsewhere'));
});

test('functions of the same name in other regions and accounts are independent', () => {
  const there = { ...scope, region: 'eu-west-1' };
  const account = { ...scope, accountId: '111122223333' };
  folder.one.deploy('f', 128);
  folder.one.deploy('f', 256, there);
  folder.one.deploy('f', 512, account);
  folder.one.deploy('f', 129);
  const memories = () => [scope, there, account].map((at) => folder.one.memoryOf('f', at));
  expect(memories()).toEqual([129, 256, 512]);
  folder.one.functions.delete(scope, 'f');
  expect(memories()).toEqual([undefined, 256, 512]);
  folder.one.functions.delete(there, 'f');
  folder.one.functions.delete(account, 'f');
  expect(memories()).toEqual([undefined, undefined, undefined]);
});

test('a follower sees versions, moved aliases and reserved concurrency', () => {
  folder.one.deploy('f');
  folder.one.publish('f');
  folder.one.deploy('f', 256);
  folder.one.publish('f');
  folder.one.aliases.create(scope, 'f', 'live', { version: '1' });
  folder.one.concurrency.reserve(scope, 'f', 7);
  const live = () => folder.other.registry.served(scope, 'f')?.aliases.get('live')?.version;
  folder.other.registry.follow();
  expect([...(folder.other.registry.served(scope, 'f')?.versions.keys() ?? [])]).toEqual([
    '$LATEST',
    '1',
    '2',
  ]);
  expect(live()).toBe('1');
  expect([...folder.other.concurrency.allReserved.values()]).toEqual([7]);
  folder.one.aliases.update(scope, 'f', 'live', { version: '2' });
  folder.one.concurrency.free(scope, 'f');
  folder.other.registry.follow();
  expect(live()).toBe('2');
  expect(folder.other.concurrency.allReserved.size).toBe(0);
  folder.one.aliases.delete(scope, 'f', 'live');
  folder.one.functions.delete(scope, 'f', '1');
  folder.other.registry.follow();
  expect(live()).toBeUndefined();
  expect([...(folder.other.registry.served(scope, 'f')?.versions.keys() ?? [])]).toEqual(['$LATEST', '2']);
});

test('notifies listeners of the changed function only, and of nothing when nothing has changed', () => {
  for (const name of ['a', 'b', 'c']) folder.one.deploy(name);
  folder.other.registry.follow();
  folder.other.changes.length = 0;
  folder.other.registry.follow();
  folder.one.deploy('b', 256);
  folder.other.registry.follow();
  folder.other.registry.follow();
  expect(folder.other.changes).toEqual(['b elsewhere']);
});

test('a listener that throws does not keep others from being notified, nor changes from being read', () => {
  const end = folder.other.registry.onChange(() => {
    throw new Error('cannot');
  });
  const after: string[] = [];
  folder.other.registry.onChange((_, name) => after.push(name));
  folder.one.deploy('a', 256);
  expect(() => folder.other.registry.follow()).toThrow('cannot');
  expect(folder.other.memoryOf('a')).toBe(256);
  expect(after).toEqual(['a']);
  end();
  folder.other.registry.follow();
  folder.one.deploy('b');
  folder.other.registry.follow();
  expect(after).toEqual(['a', 'b']);
});

test('a write reads what others wrote before it, and its own change once', () => {
  folder.one.deploy('theirs');
  folder.other.changes.length = 0;
  folder.other.functions.create(scope, { functionName: 'own', publish: false, ...aDeployable() });
  expect(folder.other.changes).toEqual(['own', 'theirs elsewhere']);
  expect(folder.other.memoryOf('theirs')).toBe(128);
  folder.other.registry.follow();
  expect(folder.other.changes).toHaveLength(2);
});

test('checks each write against what is stored, whichever lambdock stored it', () => {
  folder.one.deploy('f');
  expect(() =>
    folder.other.functions.create(scope, { functionName: 'f', publish: false, ...aDeployable() }),
  ).toThrow('Function already exist: f');
  const { revisionId } = folder.other.registry.function(scope, 'f');
  folder.one.deploy('f', 256);
  expect(() =>
    folder.other.functions.change(scope, 'f', { revisionId, settings: aDeployable().settings }),
  ).toThrow('The Revision Id provided does not match');
  folder.one.publish('f');
  folder.other.deploy('f', 512);
  folder.other.publish('f');
  folder.one.registry.follow();
  expect([...(folder.one.registry.served(scope, 'f')?.published.keys() ?? [])]).toEqual(['1', '2']);
  expect(folder.one.memoryOf('f')).toBe(512);
});

test('a lambdock that starts later has everything, without notifications', () => {
  folder.one.deploy('f');
  const later = folder.open();
  expect(later.memoryOf('f')).toBe(128);
  later.registry.follow();
  expect(later.changes).toEqual([]);
});

test('the end of an earlier activation does not settle a function that was deployed again under its name', () => {
  const create = () =>
    folder.one.functions.create(scope, { functionName: 'f', publish: true, ...aDeployable() });
  const before = create();
  folder.one.functions.delete(scope, 'f');
  create();
  folder.one.functions.settle(scope, before);
  expect(folder.one.registry.version(scope, 'f', '1').state).toBe('Pending');
});

test('refers to all content that is deployed, and not to what an update replaced', () => {
  const hash = (digit: string) => digit.repeat(64);
  const deployable = (digit: string) => ({
    settings: {
      ...aDeployable().settings,
      layers: [{ arn: 'arn', sizeBytes: 1, unzippedBytes: 1, hash: hash('a') }],
      opt: { section: 'opt', hash: hash('b') } as const,
    },
    code: { kind: 'zip', hash: hash(digit), codeSha256: digit, sizeBytes: 1, unzippedBytes: 1 } as const,
  });
  const code = () => [...folder.one.registry.references()].filter((each) => each.startsWith('code/'));
  const { functions } = folder.other;
  functions.settle(scope, functions.create(scope, { functionName: 'f', publish: false, ...deployable('1') }));
  expect([...folder.one.registry.references()].sort()).toEqual([
    `code/${hash('1')}`,
    `layers/${hash('a')}`,
    `opt/${hash('b')}`,
  ]);
  folder.other.publish('f');
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
