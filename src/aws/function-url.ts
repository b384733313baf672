import { createHash } from 'node:crypto';

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The id of a function URL: 32 lower-case letters and digits, as on AWS. It is derived from the ARN, so that a template
 * can refer to a URL that does not exist yet.
 */
export function functionUrlId(functionArn: string): string {
  const bytes = createHash('sha256').update(`url ${functionArn}`).digest();
  return [...bytes].map((byte) => digits.charAt(byte % digits.length)).join('');
}

/** The address of a function URL. */
export function formatFunctionUrl(urlId: string, region: string, port: number): string {
  return `http://${urlId}.lambda-url.${region}.localhost:${port}/`;
}
