import fc from 'fast-check';
import { integer, oneOf, text, trueOrFalse } from '../../src/lib/kinds';

test('a whole number within its bounds is read, and nothing else', () => {
  const kind = integer(128, 10_240, 'MB');
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 20_000 }), (value) => {
      expect(kind.read(String(value))).toBe(value >= 128 && value <= 10_240 ? value : undefined);
    }),
  );
  for (const each of ['', ' 128', '128.0', '1e3', '0x80', 'abc', '128 MB'])
    expect(kind.read(each)).toBeUndefined();
  expect(kind.allowed).toBe('are 128 to 10240 (MB)');
  expect(integer(0, 9).allowed).toBe('are 0 to 9');
});

test('one of several words is read exactly', () => {
  const kind = oneOf('auto', 'unix');
  expect(kind.read('unix')).toBe('unix');
  expect(kind.read('Unix')).toBeUndefined();
  expect(kind.allowed).toBe('are auto, unix');
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
