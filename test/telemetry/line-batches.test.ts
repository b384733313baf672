import fc from 'fast-check';
import { LineSplitter } from '../../src/lib/text/lines';
import { joinedRecords, LineBatches } from '../../src/telemetry/line-batches';

test('whatever pieces they come in, the lines are those that a splitter gives', () => {
  const text = fc.array(fc.oneof(fc.string(), fc.constantFrom('\n', '\r\n', '\n\n', 'é', '\r')));
  fc.assert(
    fc.property(text, fc.array(fc.nat(50)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''));
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
      const [batches, splitter] = [new LineBatches(), new LineSplitter()];
      const lines: string[] = [];
      const expected: string[] = [];
      ends.forEach((end, index) => {
        const piece = bytes.subarray(ends[index - 1] ?? 0, end);
        expected.push(...splitter.push(piece));
        for (const each of batches.push(piece)) {
          const split = each.text.split('\n');
          expect(split).toHaveLength(each.events);
          lines.push(...split);
        }
      });
      lines.push(...batches.flush().map((each) => each.text));
      expect(lines).toEqual([...expected, ...splitter.flush()]);
    }),
  );
});

test('a line that never ends is cut', () => {
  const batches = new LineBatches(10);
  const cut = [...batches.push(Buffer.from('a'.repeat(25))), ...batches.flush()];
  expect(cut.map(({ text }) => text.length)).toEqual([10, 10, 5]);
});

test('bytes that are no UTF-8 become the replacement character', () => {
  expect(new LineBatches().push(Buffer.from([0x61, 0xff, 0xfe, 0x0a]))).toEqual([
    { text: 'a\ufffd\ufffd', events: 1 },
  ]);
});

test('records of one line are put together, those of several stay alone', () => {
  expect(joinedRecords(['a', 'b', 'c\nd', '', 'e'])).toEqual([
    { text: 'a\nb', events: 2 },
    { text: 'c\nd', events: 1 },
    { text: '\ne', events: 2 },
  ]);
});
