import type { AliasChange } from '../../../src/functions/registry/aliases';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();

beforeEach(() => folder.one.deployVersions('f', 2));

const create = (change: AliasChange & { version: string }, name = 'live') =>
  folder.one.aliases.create(scope, 'f', name, change);

test('creates an alias once, with an empty description and no weights', () => {
  expect(create({ version: '1' })).toMatchObject({
    name: 'live',
    version: '1',
    description: '',
    weights: {},
  });
  expect(() => create({ version: '2' })).toThrow(
    'Alias already exists: arn:aws:lambda:us-east-1:000000000000:function:f:live',
  );
});

test('an alias of an unknown function or version is refused, with the version in the error', () => {
  expect(() => folder.one.aliases.create(scope, 'g', 'live', { version: '1' })).toThrow(
    'Function not found: arn:aws:lambda:us-east-1:000000000000:function:g:1',
  );
  expect(() => create({ version: '3' })).toThrow(
    'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:3',
  );
});

test('get and update name a missing alias in words of their own', () => {
  expect(() => folder.one.aliases.get(scope, 'f', 'live')).toThrow(
    'Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:f:live',
  );
  expect(() => folder.one.aliases.update(scope, 'f', 'live', {})).toThrow(
    'Alias not found: arn:aws:lambda:us-east-1:000000000000:function:f:live',
  );
  expect(() => folder.one.aliases.get(scope, 'g', 'live')).toThrow('Function not found');
});

test('update keeps what it does not name, and checks the revision', () => {
  const { revisionId } = create({ version: '1', description: 'first' });
  const moved = folder.one.aliases.update(scope, 'f', 'live', { version: '2', revisionId });
  expect(moved).toMatchObject({ version: '2', description: 'first' });
  expect(folder.one.aliases.get(scope, 'f', 'live')).toEqual(moved);
  expect(() => folder.one.aliases.update(scope, 'f', 'live', { revisionId })).toThrow(
    'The Revision Id provided does not match',
  );
});

test('lists by name, or those of one version, which may be the weighted one', () => {
  create({ version: '1', weights: { 2: 0.1 } }, 'b');
  create({ version: '2' }, 'c');
  create({ version: '$LATEST' }, 'a');
  const names = (version?: string) => folder.one.aliases.list(scope, 'f', version).map(({ name }) => name);
  expect(names()).toEqual(['a', 'b', 'c']);
  expect(names('2')).toEqual(['b', 'c']);
  expect(names('1')).toEqual(['b']);
  expect(() => folder.one.aliases.list(scope, 'g')).toThrow('Function not found');
});

test.each([
  [{ 1: 0.1, 3: 0.1 }, '2', 'Number of items in AdditionalVersionWeights cannot be greater than 1'],
  [{ $LATEST: 0.1 }, '1', '$LATEST is not supported for an alias pointing to more than 1 version'],
  [{ 1: 0.1 }, '$LATEST', '$LATEST is not supported for an alias pointing to more than 1 version'],
  [{ 1: 0.1 }, '1', 'Function version 1 is already included in routing configuration.'],
  [{ 3: 0.1 }, '1', 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:3'],
])('refuses the weights %j of version %s', (weights, version, message) => {
  expect(() => create({ version, weights })).toThrow(message);
});

test('deleting an alias deletes its provisioned concurrency; a missing alias is not an error', () => {
  create({ version: '1' });
  folder.one.concurrency.provision(scope, 'f', 'live', 2);
  folder.one.aliases.delete(scope, 'f', 'live');
  folder.one.aliases.delete(scope, 'f', 'live');
  expect(folder.one.concurrency.allProvisioned(scope, 'f')).toEqual([]);
  expect(folder.one.concurrency.everyProvisioned.size).toBe(0);
});
