import { crc32 } from 'node:zlib';

/** Bytes before the headers of a message: length of the message, length of the headers, checksum of both. */
const preludeBytes = 12;
const checksumBytes = 4;
/** Type of a text header. Its value has a length of two bytes in front. */
const textType = 7;

/**
 * Encodes an event, or the exception that ends a stream, in the format `application/vnd.amazon.eventstream`.
 * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html and
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function eventMessage(
  type: string,
  contentType: string,
  payload: Uint8Array,
  messageType: 'event' | 'exception' = 'event',
): Buffer {
  const headers = Buffer.concat([
    textHeader(`:${messageType}-type`, type),
    textHeader(':content-type', contentType),
    textHeader(':message-type', messageType),
  ]);
  const length = preludeBytes + headers.length + payload.length + checksumBytes;
  const message = Buffer.allocUnsafe(length);
  message.writeUInt32BE(length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.set(headers, preludeBytes);
  message.set(payload, preludeBytes + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, length - checksumBytes)), length - checksumBytes);
  return message;
}

function textHeader(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, Buffer.of(textType), length, valueBytes]);
}
