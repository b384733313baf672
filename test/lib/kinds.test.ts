import fc from 'fast-check';
import { integer, oneOf, text, trueOrFalse, violation } from '../../src/lib/kinds';

test('a whole number within its bounds is read, and nothing else', () => {
  const kind = integer(128, 10_240, 'MB');
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 20_000 }), (value) => {
      expect(kind.read(String(value))).toBe(value >= 128 && value <= 10_240 ? value : undefined);
    }),
  );
  for (const each of ['', ' 128', '128.0', '1e3', '0x80', 'abc', '128 MB'])
    expect(kind.read(each)).toBeUndefined();
  expect(violation(kind, '64')).toBe('must be between 128 and 10240 MB, got 64');
  expect(violation(integer(0, 9), '')).toBe('must be between 0 and 9, got nothing');
});

test('one of several words is read exactly', () => {
  const kind = oneOf('auto', 'unix');
  expect(kind.read('unix')).toBe('unix');
  expect(kind.read('Unix')).toBeUndefined();
  expect(violation(kind, 'pigeon')).toBe('must be auto or unix, got pigeon');
  expect(violation(kind, 'Unix')).toBe('must be auto or unix, got Unix. Did you mean unix?');
  expect(violation(oneOf('a', 'b', 'c'), 'dddd')).toBe('must be one of a, b, c, got dddd');
});

test('text is read where it is accepted', () => {
  const kind = text('is short', (value) => value.length < 3);
  expect(kind.read('ab')).toBe('ab');
  expect(kind.read('abc')).toBeUndefined();
});

test('truth is read as people write it in variables', () => {
  expect(['true', 'TRUE', '1'].map((each) => trueOrFalse.read(each))).toEqual([true, true, true]);
  expect(['false', 'False', '0'].map((each) => trueOrFalse.read(each))).toEqual([false, false, false]);
  expect(['', 'yes', 'constructor', 'toString'].map((each) => trueOrFalse.read(each))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
