import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** Thrown for bytes that are not text. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';

  constructor(readonly line: number) {
    super('is not valid UTF-8. Save the file as UTF-8');
  }
}

/**
 * Reads a text file in UTF-8, or in UTF-16 with a byte order mark, as PowerShell writes it.
 * @throws {EncodingError}
 */
export function readTextFile(file: string): string {
  const bytes = readFileSync(file);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return bytes
      .subarray(2, bytes.length & ~1)
      .swap16()
      .toString('utf16le');
  if (!isUtf8(bytes)) throw new EncodingError(invalidLine(bytes));
  return bytes.toString('utf8');
}

function invalidLine(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  return 1 + lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
}
