import { Tags } from '../../../src/functions/registry/tags';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();
const tags = () => new Tags(folder.one.registry.database);

test('adds, replaces and removes tags of a resource', () => {
  expect(tags().of(scope, 'function:f')).toEqual({});
  tags().add(scope, 'function:f', { team: 'shop', part: 'a' });
  tags().add(scope, 'function:f', { part: 'b' });
  expect(tags().of(scope, 'function:f')).toEqual({ team: 'shop', part: 'b' });
  tags().remove(scope, 'function:f', ['part', 'unknown']);
  expect(tags().of(scope, 'function:f')).toEqual({ team: 'shop' });
  expect(tags().of(scope, 'function:g')).toEqual({});
  tags().removeAll(scope, 'function:f');
  expect(tags().of(scope, 'function:f')).toEqual({});
});

test('a resource has at most 50 tags', () => {
  const many = (count: number, start = 0) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${start + index}`, 'x']));
  tags().add(scope, 'function:f', many(50));
  tags().add(scope, 'function:f', { key0: 'replaced' });
  expect(() => tags().add(scope, 'function:f', { more: 'x' })).toThrow(
    'Number of tags exceeds resource tag limit.',
  );
});
