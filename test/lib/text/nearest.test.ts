import { nearest } from '../../../src/lib/text/nearest';

const words = ['memorySize', 'timeout', 'environment', 'ephemeralStorage', 'code', 'layers'];

test.each([
  ['memorysize', 'memorySize'],
  ['memory_size', 'memorySize'],
  ['memory-size', 'memorySize'],
  ['timeOut', 'timeout'],
  ['enviroment', 'environment'],
  ['layer', 'layers'],
  ['coed', undefined],
  ['cod', 'code'],
  ['colour', undefined],
  ['', undefined],
])('%s is meant to be %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant);
});

test('nothing is nearest to nothing', () => {
  expect(nearest('x', [])).toBeUndefined();
});
