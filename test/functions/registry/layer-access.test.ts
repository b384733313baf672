import { layerReference, sharedLayer } from '../../../src/functions/registry/layer-access';
import { LayerRegistry } from '../../../src/functions/registry/layers';
import { Documents } from '../../../src/functions/registry/state';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();
const publish = () =>
  new LayerRegistry(folder.one.registry).publish(scope, {
    layerName: 'libs',
    codeSha256: 'x',
    sizeBytes: 1,
    unzippedBytes: 1,
    hash: 'a'.repeat(64),
  });

describe('a layer of another account', () => {
  const away = { ...scope, accountId: '111122223333' };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:layer:libs:1';
  const get = (caller: typeof scope) => sharedLayer(folder.one.registry, caller, layerReference(arn, caller));
  const allow = (Principal: string | { AWS: string }) =>
    new Documents(folder.one.registry.database, 'layer-policy').put(scope, 'libs:1', {
      statements: [{ Principal }],
    });

  test('is named by its ARN, and a name alone is a layer of the caller', () => {
    expect(layerReference(arn, away)).toEqual({ scope, name: 'libs', version: 1 });
    expect(layerReference(arn.replace(/:1$/, ''), away)).toEqual({ scope, name: 'libs' });
    expect(layerReference('libs', away)).toEqual({ scope: away, name: 'libs' });
  });

  test('is found by its owner, without a policy', () => {
    expect(get(scope)).toBeUndefined();
    publish();
    expect(get(scope)).toMatchObject({ layerName: 'libs', version: 1 });
  });

  test.each(['*', { AWS: 'arn:aws:iam::111122223333:root' }])('is found where %j may get it', (principal) => {
    publish();
    allow(principal);
    expect(get(away)).toMatchObject({ layerName: 'libs' });
  });

  test('is refused without a policy, for another account, and from another region', () => {
    publish();
    const message = `User: arn:aws:iam::111122223333:root is not authorized to perform: lambda:GetLayerVersion on resource: ${arn} because no resource-based policy allows the lambda:GetLayerVersion action`;
    expect(() => get(away)).toThrow(message);
    allow({ AWS: 'arn:aws:iam::444455556666:root' });
    expect(() => get(away)).toThrow(message);
    allow('*');
    expect(() => get({ ...away, region: 'eu-west-1' })).toThrow(message);
  });
});
