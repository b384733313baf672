import fc from 'fast-check';
import { TelemetryFrames } from '../../src/telemetry/telemetry-frames';

function frame(text: string, type = 0xa55a_0003): Buffer {
  const message = Buffer.from(text);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(type, 0);
  header.writeUInt32BE(message.length, 4);
  header.writeBigUInt64BE(1_700_000_000_000_000n, 8);
  return Buffer.concat([header, message]);
}

test('whatever pieces they come in, the records are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(200)), (texts, cuts) => {
      const bytes = Buffer.concat(texts.map((text) => frame(text)));
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
      const frames = new TelemetryFrames();
      const records = ends.flatMap((end, index) => frames.push(bytes.subarray(ends[index - 1] ?? 0, end)));
      expect(records).toEqual(texts.map((text) => (text.endsWith('\n') ? text.slice(0, -1) : text)));
    }),
  );
});

test('a record of several lines stays one, of either format and any level', () => {
  const frames = new TelemetryFrames();
  expect(frames.push(Buffer.concat([frame('one\ntwo\n'), frame('{"a":1}', 0xa55a_0016)]))).toEqual([
    'one\ntwo',
    '{"a":1}',
  ]);
});

test('reads records without a time among those with one, however they are cut', () => {
  const plain = Buffer.from('....\0\0\0\u0004abcd', 'latin1');
  plain.writeUInt32BE(0xa55a_0001, 0);
  const bytes = Buffer.concat([frame('one'), plain, frame('two'), plain]);
  const frames = new TelemetryFrames();
  const records = [...bytes].flatMap((byte) => frames.push(Buffer.of(byte)));
  expect(records).toEqual(['one', 'abcd', 'two', 'abcd']);
});

test('passes bytes on unchanged that are not a frame', () => {
  expect(new TelemetryFrames().push(Buffer.from('another process wrote this\n'))).toEqual([
    'another process wrote this',
  ]);
});

test('holds little of an announced record that does not come, and gives out one that comes in pieces', () => {
  const frames = new TelemetryFrames();
  const length = 10 * 1024 * 1024;
  const announced = frame('');
  announced.writeUInt32BE(length, 4);
  expect(frames.push(announced)).toEqual([]);
  const records: string[] = [];
  for (let sent = 0; sent < length; sent += 65_536) records.push(...frames.push(Buffer.alloc(65_536, 'é')));
  expect(Math.max(...records.map((each) => each.length))).toBeLessThanOrEqual(262_144);
  expect(records.join('')).toBe('é'.repeat(length / 2));
  expect(frames.push(frame('next'))).toEqual(['next']);
});
