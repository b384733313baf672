import fc from 'fast-check';
import { indented, visible } from '../../../src/lib/text/terminal-text';

test.each([
  ['plain text\twith a tab', 'plain text\twith a tab'],
  ['\x1b[31mred\x1b[0m', '\\e[31mred\\e[0m'],
  ['\x1b]52;c;ZXZpbA==\x07', '\\e]52;c;ZXZpbA==\\x07'],
  ['a\rb', 'a\\rb'],
  ['a\0b\x7f\x85\x9b', 'a\\0b\\x7f\\x85\\x9b'],
  ['\u202eabc\u2028', '\\u202eabc\\u2028'],
  ['two\nlines', 'two\nlines'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('further lines are indented, however they are broken', () => {
  expect(indented('a\nb\r\nc\rd', '  ')).toBe('a\n  b\n  c\n  d');
});

test('shown text cannot control a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(visible(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    }),
  );
});
