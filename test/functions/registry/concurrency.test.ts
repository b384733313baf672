import { ConcurrencyRegistry } from '../../../src/functions/registry/concurrency';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';

beforeEach(() => {
  folder.one.deployVersions('f', 2);
  folder.one.deploy('g');
});

const concurrency = () => folder.one.concurrency;
const provision = (qualifier: string, requested: number) =>
  concurrency().provision(scope, 'f', qualifier, requested);
const versionOf = (version: string) => {
  const found = folder.one.registry.served(scope, 'f')?.versions.get(version);
  if (found === undefined) throw new Error(`There is no version ${version}.`);
  return found;
};

test('reserves, shows and frees concurrency of a function', () => {
  expect(concurrency().reserved(scope, 'f')).toBeUndefined();
  concurrency().reserve(scope, 'f', 7);
  expect(concurrency().reserved(scope, 'f')).toBe(7);
  expect([...concurrency().allReserved]).toEqual([[arn, 7]]);
  concurrency().free(scope, 'f');
  expect(concurrency().reserved(scope, 'f')).toBeUndefined();
  expect(concurrency().allReserved.size).toBe(0);
});

test('a missing function is named, with $LATEST where concurrency is reserved', () => {
  expect(() => concurrency().reserve(scope, 'h', 1)).toThrow(/function:h:\$LATEST$/);
  expect(() => concurrency().free(scope, 'h')).toThrow(/function:h$/);
  expect(() => concurrency().reserved(scope, 'h')).toThrow(/function:h$/);
});

test('100 of the 1,000 stay unreserved by all functions together', () => {
  concurrency().reserve(scope, 'f', 600);
  expect(() => concurrency().reserve(scope, 'g', 301)).toThrow(
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
  );
  concurrency().reserve(scope, 'g', 300);
  // What is reserved anew replaces what was.
  concurrency().reserve(scope, 'f', 550);
});

test('provisions concurrency for versions and aliases, and removes it', () => {
  folder.one.aliases.create(scope, 'f', 'live', { version: '2' });
  expect(provision('1', 3)).toEqual({ functionName: 'f', qualifier: '1', requested: 3, lastModifiedMs: 0 });
  provision('live', 4);
  expect(concurrency().provisioned(scope, 'f', 'live').requested).toBe(4);
  expect([...concurrency().everyProvisioned]).toEqual([[arn, 7]]);
  expect(['$LATEST', '1', '2'].map((each) => concurrency().isProvisioned(versionOf(each)))).toEqual([
    false,
    true,
    true,
  ]);
  concurrency().unprovision(scope, 'f', '1');
  concurrency().unprovision(scope, 'f', 'live');
  expect(() => concurrency().provisioned(scope, 'f', '1')).toThrow(
    'No Provisioned Concurrency Config found for this function',
  );
  expect(concurrency().everyProvisioned.size).toBe(0);
  expect(concurrency().isProvisioned(versionOf('1'))).toBe(false);
});

test.each([
  ['$LATEST', 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'],
  ['3', 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:3'],
  ['none', 'Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:f:none'],
])('refuses to provision for %s', (qualifier, message) => {
  expect(() => provision(qualifier, 1)).toThrow(message);
});

test('$LATEST has no configuration to show or to remove', () => {
  const message = 'The function resource provided must be an alias or a published version.';
  expect(() => concurrency().provisioned(scope, 'f', '$LATEST')).toThrow(message);
  expect(() => concurrency().unprovision(scope, 'f', '$LATEST')).toThrow(message);
});

test('a version and an alias that points to it are not both provisioned', () => {
  folder.one.aliases.create(scope, 'f', 'live', { version: '1' });
  provision('1', 1);
  expect(() => provision('live', 1)).toThrow(/Provisioned Concurrency/);
  concurrency().unprovision(scope, 'f', '1');
  provision('live', 1);
  expect(() => provision('1', 1)).toThrow(/Provisioned Concurrency/);
  // Another version is free.
  provision('2', 1);
});

test('provisioned concurrency must fit into the reserved one, and the other way round', () => {
  concurrency().reserve(scope, 'f', 5);
  provision('1', 3);
  expect(() => provision('2', 3)).toThrow(
    'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
  );
  provision('1', 5);
  expect(() => concurrency().reserve(scope, 'f', 4)).toThrow(
    "should not be lower than function's total provisioned concurrency [5]",
  );
});

test('what is provisioned leaves 100 unreserved, and counts against other functions', () => {
  concurrency().reserve(scope, 'g', 200);
  expect(() => provision('1', 801)).toThrow(
    "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [800].",
  );
  expect(() => provision('1', 701)).toThrow('below its minimum value of [100]');
  provision('1', 700);
  expect(() => concurrency().reserve(scope, 'g', 201)).toThrow('below its minimum value of [100]');
});

test('a lambdock that starts later knows what is reserved and provisioned', () => {
  concurrency().reserve(scope, 'g', 7);
  provision('1', 3);
  const later = new ConcurrencyRegistry(folder.other.registry);
  expect([...later.allReserved.values()]).toEqual([7]);
  expect([...later.everyProvisioned]).toEqual([[arn, 3]]);
  expect(later.isProvisioned(versionOf('1'))).toBe(true);
});
