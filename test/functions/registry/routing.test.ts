import { resolve } from '../../../src/functions/registry/routing';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();

const version = (qualifier: string, random?: number) => {
  const served = folder.one.registry.served(scope, 'f');
  if (served === undefined) throw new Error('The function is not served.');
  return resolve(served, qualifier, random === undefined ? undefined : () => random)?.version;
};

beforeEach(() => folder.one.deployVersions('f', 2));

test('resolves $LATEST, a version and an alias, and nothing else', () => {
  folder.one.aliases.create(scope, 'f', 'live', { version: '2' });
  expect(['$LATEST', '1', 'live', '9', 'none'].map((each) => version(each))).toEqual([
    '$LATEST',
    '1',
    '2',
    undefined,
    undefined,
  ]);
});

test('an alias sends the share of its weight to the other version', () => {
  folder.one.aliases.create(scope, 'f', 'live', { version: '1', weights: { 2: 0.25 } });
  expect([0, 0.2499, 0.25, 0.9999].map((random) => version('live', random))).toEqual(['2', '2', '1', '1']);
});
