import { LayerRegistry } from '../../../src/functions/registry/layers';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();
const layers = () => new LayerRegistry(folder.one.registry);
const content = { codeSha256: 'x', sizeBytes: 1, unzippedBytes: 1, hash: 'a'.repeat(64) };
const publish = (layerName: string) => layers().publish(scope, { layerName, ...content });

test('a version number is given once, also after its version was deleted', () => {
  expect([publish('libs'), publish('libs')].map(({ version }) => version)).toEqual([1, 2]);
  layers().delete(scope, 'libs', 2);
  layers().delete(scope, 'libs', 2);
  expect(layers().get(scope, 'libs', 2)).toBeUndefined();
  expect(publish('libs')).toEqual({ layerName: 'libs', version: 3, createdMs: 0, ...content });
});

test('lists versions of one layer or of all, by name and number', () => {
  for (let version = 1; version <= 10; version += 1) publish('b');
  publish('a');
  const listed = (name?: string) =>
    layers()
      .list(scope, name)
      .map(({ version }) => version);
  expect(listed('b')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(layers().list(scope)[0]?.layerName).toBe('a');
  expect(listed('none')).toEqual([]);
});

test('the content of a published layer is referred to', () => {
  publish('libs');
  expect([...folder.one.registry.references()]).toEqual([`layers/${content.hash}`]);
});
