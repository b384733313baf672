import fc from 'fast-check';
import { LineSplitter } from '../../../src/lib/text/lines';

test('whatever pieces it comes in, text gives the same lines', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(100)), (text, cuts) => {
      const bytes = Buffer.from(`${text.replaceAll('\r', '')}\nend`);
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
      const splitter = new LineSplitter();
      const lines = ends.flatMap((end, index) => splitter.push(bytes.subarray(ends[index - 1] ?? 0, end)));
      expect([...lines, ...splitter.flush()]).toEqual(bytes.toString().split('\n'));
    }),
  );
});

test('a carriage return before the break belongs to it', () => {
  expect(new LineSplitter().push(Buffer.from('one\r\ntwo\n'))).toEqual(['one', 'two']);
});

test('a line that never ends is cut, so that it does not grow for ever', () => {
  const splitter = new LineSplitter(10);
  expect(splitter.push(Buffer.from('x'.repeat(25)))).toEqual(['x'.repeat(10), 'x'.repeat(10)]);
  expect(splitter.flush()).toEqual(['xxxxx']);
  expect(splitter.flush()).toEqual([]);
});
