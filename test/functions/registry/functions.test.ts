import { aDeployable } from '../../support/functions/deployables';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();
const functions = () => folder.one.functions;
const record = () => folder.one.registry.function(scope, 'f');

test('publishes nothing new while $LATEST has not changed', () => {
  folder.one.deploy('f');
  folder.one.publish('f');
  folder.one.publish('f');
  expect(functions().publish(scope, 'f', { description: 'again' }).version).toBe('1');
  folder.one.deploy('f', 256);
  expect(functions().publish(scope, 'f', { description: 'larger' })).toMatchObject({
    version: '2',
    settings: { description: 'larger' },
  });
});

test('refuses to publish other code than the caller knows', () => {
  folder.one.deploy('f');
  expect(() => functions().publish(scope, 'f', { codeSha256: 'y' })).toThrow(
    'CodeSHA256 (y) is different from current CodeSHA256 in $LATEST (x).',
  );
  expect(functions().publish(scope, 'f', { codeSha256: 'x' }).version).toBe('1');
});

test('deletes a version that no alias refers to, and nothing else by a qualifier', () => {
  folder.one.deployVersions('f', 2);
  folder.one.aliases.create(scope, 'f', 'live', { version: '1', weights: { 2: 0.5 } });
  expect(() => functions().delete(scope, 'f', '$LATEST')).toThrow(
    '$LATEST version cannot be deleted without deleting the function.',
  );
  expect(() => functions().delete(scope, 'f', 'live')).toThrow(
    'Deletion of aliases is not currently supported.',
  );
  for (const version of ['1', '2']) {
    expect(() => functions().delete(scope, 'f', version)).toThrow(
      'Unable to delete version because the following aliases reference it: [live]',
    );
  }
  folder.one.aliases.delete(scope, 'f', 'live');
  functions().delete(scope, 'f', '1');
  functions().delete(scope, 'f', '9');
  expect(folder.one.registry.list(scope, true).map(({ version }) => version)).toEqual(['$LATEST', '2']);
  functions().delete(scope, 'f');
  expect(folder.one.registry.list(scope, true)).toEqual([]);
});

test('a function that is being created or updated cannot be changed', () => {
  const created = functions().create(scope, { functionName: 'f', publish: false, ...aDeployable() });
  const change = () => functions().change(scope, 'f', { settings: aDeployable().settings });
  expect(change).toThrow('The function is currently in the following state: Pending');
  functions().settle(scope, created);
  change();
  expect(change).toThrow(/^The operation cannot be performed at this time. An update is in progress/);
});

test('what is being activated runs as soon as it can, in the state that it had', () => {
  const created = functions().create(scope, { functionName: 'f', publish: true, ...aDeployable() });
  expect(folder.one.registry.served(scope, 'f')?.versions.size).toBe(0);
  functions().serve(scope, created);
  functions().serve(scope, record());
  expect([...(folder.one.registry.served(scope, 'f')?.versions.keys() ?? [])].sort()).toEqual([
    '$LATEST',
    '1',
  ]);
  expect([record().state, folder.one.registry.version(scope, 'f', '1').state]).toEqual([
    'Pending',
    'Pending',
  ]);
  // One that is not being activated any more is left alone.
  functions().settle(scope, created);
  functions().serve(scope, created);
  expect(folder.one.registry.version(scope, 'f', '1')).not.toHaveProperty('ready');
});

test('a missing image is tried again for the function, its update and its versions', () => {
  const failure = { message: 'no such image', code: 'InvalidImage' };
  const created = functions().create(scope, { functionName: 'f', publish: true, ...aDeployable() });
  functions().settle(scope, created, failure);
  functions().settle(scope, record(), failure);
  expect(record().state).toBe('Failed');
  functions().retryImage(scope, 'f');
  expect([record().state, folder.one.registry.version(scope, 'f', '1').state]).toEqual([
    'Pending',
    'Pending',
  ]);
  functions().settle(scope, record());
  functions().settle(scope, functions().change(scope, 'f', {}), failure);
  expect(record()).toMatchObject({ state: 'Active', update: 'Failed' });
  functions().retryImage(scope, 'f');
  expect(record()).toMatchObject({ state: 'Active', update: 'InProgress' });
  functions().retryImage(scope, 'none');
});

test('a failure other than a missing image is not tried again', () => {
  const created = functions().create(scope, { functionName: 'f', publish: false, ...aDeployable() });
  functions().settle(scope, created, { message: 'no', code: 'InternalError' });
  functions().retryImage(scope, 'f');
  expect(record()).toMatchObject({ state: 'Failed', stateReason: { text: 'no' } });
});

test('a template removes its function, unless the function was deployed over the API since', () => {
  functions().putTemplate(scope, 'f', aDeployable());
  const { revisionId } = record();
  functions().putTemplate(scope, 'f', aDeployable());
  expect(record().revisionId).toBe(revisionId);
  functions().dropTemplate(scope, 'f');
  expect(folder.one.registry.list(scope)).toEqual([]);
  folder.one.deploy('f');
  functions().dropTemplate(scope, 'f');
  expect(record().source).toBe('api');
});
