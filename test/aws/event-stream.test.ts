import { crc32 } from 'node:zlib';
import { eventMessage } from '../../src/aws/event-stream';

test('a message has lengths, checksums, three headers and the payload', () => {
  const message = eventMessage('PayloadChunk', 'application/octet-stream', Buffer.from('hello'));
  expect(message.readUInt32BE(0)).toBe(message.length);
  expect(message.readUInt32BE(8)).toBe(crc32(message.subarray(0, 8)));
  expect(message.readUInt32BE(message.length - 4)).toBe(crc32(message.subarray(0, -4)));
  const headersLength = message.readUInt32BE(4);
  expect(message.subarray(12 + headersLength, -4).toString()).toBe('hello');
  expect(message.subarray(12, 12 + headersLength).toString('latin1')).toBe(
    '\x0b:event-type\x07\x00\x0cPayloadChunk' +
      '\x0d:content-type\x07\x00\x18application/octet-stream' +
      '\x0d:message-type\x07\x00\x05event',
  );
});
