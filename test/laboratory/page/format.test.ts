import { duration, percent, pretty } from '../../../src/laboratory/page/format';

test.each([
  [undefined, '–'],
  [0.534, '0.53 ms'],
  [12.34, '12.3 ms'],
  [123.4, '123 ms'],
  [1_234, '1.23 s'],
  [200_000, '3 min 20 s'],
])('%s ms reads %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('shares are in percent, small ones with a digit more', () => {
  expect([undefined, 0, 0.025, 0.5, 1].map(percent)).toEqual(['–', '0 %', '2.5 %', '50 %', '100 %']);
});

test('indents JSON, and leaves other text unchanged', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty('not JSON')).toBe('not JSON');
});
