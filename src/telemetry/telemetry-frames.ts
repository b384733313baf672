import { StringDecoder } from 'node:string_decoder';

/** Type and length. The time follows if the type says so. */
const plainHeaderBytes = 8;
const timedHeaderBytes = 16;
/** High bytes of a frame's type. The low byte has format, level and whether there is a time. */
const frameMagic = 0xa55a_0000;
const timedBit = 0b10;
/** Bytes with a higher length are not a header. */
const longestRecordBytes = 16 * 1024 * 1024;
/** Longer records are passed on in pieces, so that a length alone reserves no memory. */
const longestPieceBytes = 262_144;

/**
 * Reads framed records from the descriptor in `_LAMBDA_TELEMETRY_LOG_FD`: type, length (4 bytes each), microseconds
 * since the epoch (8 bytes, absent from Ruby's client), big-endian, then text, which is one event even with line
 * breaks. Passes on other bytes unchanged.
 */
export class TelemetryFrames {
  /** An incomplete header. */
  #head: Buffer = Buffer.alloc(0);
  /** Bytes that the current record still lacks; undefined between records. */
  #missing: number | undefined;
  #decoder = new StringDecoder('utf8');
  #text = '';
  #pieceBytes = 0;

  push(chunk: Buffer): string[] {
    const records: string[] = [];
    let bytes = chunk;
    while (bytes.length > 0 || this.#missing === 0) {
      if (this.#missing !== undefined) {
        bytes = this.#continue(bytes, this.#missing, records);
        continue;
      }
      if (this.#head.length > 0) bytes = Buffer.concat([this.#head, bytes]);
      this.#head = Buffer.alloc(0);
      if (bytes.length < plainHeaderBytes) {
        this.#head = Buffer.from(bytes);
        break;
      }
      const length = lengthIn(bytes);
      const headerBytes = (bytes.readUInt32BE(0) & timedBit) === 0 ? plainHeaderBytes : timedHeaderBytes;
      if (length !== undefined && bytes.length < headerBytes) {
        this.#head = Buffer.from(bytes);
        break;
      }
      if (length === undefined) {
        records.push(withoutBreak(bytes.toString('utf8')));
        break;
      }
      this.#missing = length;
      bytes = bytes.subarray(headerBytes);
    }
    return records;
  }

  #continue(bytes: Buffer, missing: number, records: string[]): Buffer {
    const part = bytes.subarray(0, Math.min(missing, longestPieceBytes - this.#pieceBytes));
    this.#text += this.#decoder.write(part);
    this.#pieceBytes += part.length;
    const isWhole = part.length === missing;
    this.#missing = isWhole ? undefined : missing - part.length;
    if (isWhole || this.#pieceBytes === longestPieceBytes) {
      records.push(isWhole ? withoutBreak(this.#text + this.#decoder.end()) : this.#text);
      this.#text = '';
      this.#pieceBytes = 0;
    }
    return bytes.subarray(part.length);
  }
}

function lengthIn(header: Buffer): number | undefined {
  const type = header.readUInt32BE(0);
  const length = header.readUInt32BE(4);
  return (type & 0xffff_0000) >>> 0 === frameMagic && length <= longestRecordBytes ? length : undefined;
}

const withoutBreak = (record: string) => (record.endsWith('\n') ? record.slice(0, -1) : record);
