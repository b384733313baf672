import { createHash } from 'node:crypto';

/** SHA-256 in hex, 64 characters. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The same digest in base64, as AWS writes `CodeSha256`. */
export function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
