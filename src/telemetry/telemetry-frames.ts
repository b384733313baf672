const headerBytes = 16;
/** High bytes of a frame's type; the low byte carries format and level. */
const frameMagic = 0xa55a_0000;
/** A header that claims more than this is no header. */
const longestRecordBytes = 16 * 1024 * 1024;

/**
 * Reads the framed records that Python's and Node's runtime interface clients write to the descriptor named by
 * `_LAMBDA_TELEMETRY_LOG_FD`: type, length (4 bytes each), microseconds since the epoch (8 bytes), all
 * big-endian, then the text. A record may hold line breaks; it is one log event. Bytes that are no frame
 * (somebody else wrote to the descriptor) are given out as they are.
 */
export class TelemetryFrames {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): string[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const records: string[] = [];
    while (this.#rest.length >= headerBytes) {
      const type = this.#rest.readUInt32BE(0);
      const length = this.#rest.readUInt32BE(4);
      if ((type & 0xffff_0000) >>> 0 !== frameMagic || length > longestRecordBytes) {
        records.push(this.#rest.toString('utf8'));
        this.#rest = Buffer.alloc(0);
        break;
      }
      if (this.#rest.length < headerBytes + length) break;
      records.push(this.#rest.toString('utf8', headerBytes, headerBytes + length));
      this.#rest = this.#rest.subarray(headerBytes + length);
    }
    return records.map((record) => (record.endsWith('\n') ? record.slice(0, -1) : record));
  }
}
