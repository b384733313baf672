import { createHash } from 'node:crypto';

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The id of a function's URL: 32 lower-case letters and digits, as the service's ids are. It follows from the ARN, so
 * that a template can refer to a URL before there is one.
 */
export function functionUrlId(functionArn: string): string {
  const bytes = createHash('sha256').update(`url ${functionArn}`).digest();
  return [...bytes].map((byte) => digits.charAt(byte % digits.length)).join('');
}

/** Where a function's URL is answered. */
export function formatFunctionUrl(urlId: string, region: string, port: number): string {
  return `http://${urlId}.lambda-url.${region}.localhost:${port}/`;
}
