import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LambdaError } from '../../aws/errors';
import { type Signable, signatureHeaders } from '../../aws/signing';

/** Secrets by access key ids. */
export type Keys = Pick<ReadonlyMap<string, string>, 'get'>;

/** Allowed difference of the caller's clock; AWS's limit. */
const toleranceMs = 5 * 60_000;

/** Services whose signatures are accepted; one for S3, for example, is not. */
export const ownServices: ReadonlySet<string> = new Set(['lambda', 'sts', 'logs']);

const form =
  /^AWS4-HMAC-SHA256\s+Credential=([^/\s,]+)\/(\d{8})\/([^/\s,]+)\/([^/\s,]+)\/aws4_request,?\s*SignedHeaders=([^\s,]+),?\s*Signature=([0-9a-f]{64})$/;

/**
 * Verifies a request's signature: signs the request again with the caller's secret and the SDK's signer; both
 * signatures must be equal. Statuses and texts are AWS's.
 * @throws {LambdaError}
 */
export async function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  keys: Keys,
  nowMs: number,
  services: ReadonlySet<string> = ownServices,
): Promise<void> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new LambdaError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] =
    form.exec(authorization) ?? [];
  const time = timeOf(request);
  if (signature === '' || time === undefined) {
    throw new LambdaError(
      'IncompleteSignatureException',
      'The Authorization header or the X-Amz-Date header is missing or has another form than those of Signature Version 4.',
    );
  }
  const secretAccessKey = secretOf(accessKeyId, keys);
  checkScope(date, service, names, time, services);
  checkTime(time, nowMs);
  checkBody(request, body);
  const credentials = { accessKeyId, secretAccessKey };
  const again = await signatureHeaders(signedParts(request, body, names.split(';')), {
    credentials,
    region,
    service,
    at: time,
  });
  checkSame(signature, form.exec(again.authorization)?.[6] ?? '');
}

/** Compares in constant time. @throws {LambdaError} if the signatures differ */
export function checkSame(signature: string, expected: string): void {
  if (!timingSafeEqual(Buffer.from(signature.padEnd(64)), Buffer.from(expected.padEnd(64)))) throw mismatch();
}

function mismatch(): LambdaError {
  return new LambdaError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

/** Checks the credential scope and the signed headers; texts are AWS's. */
export function checkScope(
  date: string,
  service: string,
  names: string,
  time: Date,
  services: ReadonlySet<string>,
): void {
  const refuse = (text: string) => new LambdaError('InvalidSignatureException', text);
  if (!services.has(service)) throw refuse("Credential should be scoped to correct service: 'lambda'.");
  const day = short(time).slice(0, 8);
  if (date !== day) {
    throw refuse(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${short(time)}'.`,
    );
  }
  if (!names.split(';').includes('host')) {
    throw refuse("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
}

/** The parts of a request that its signature covers. */
export function signedParts(request: IncomingMessage, body: Buffer, names: readonly string[]): Signable {
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
  return { method: request.method ?? '', target: request.url ?? '', headers, body };
}

/** `20260101T120000Z`, as the signer writes it. */
function timeOf({ headers }: IncomingMessage): Date | undefined {
  const written = String(headers['x-amz-date'] ?? '');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(written) ?? [];
  return second === undefined ? undefined : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkTime(time: Date, nowMs: number): void {
  if (Math.abs(nowMs - time.getTime()) <= toleranceMs) return;
  const late = time.getTime() < nowMs;
  const bound = new Date(late ? nowMs - toleranceMs : nowMs + toleranceMs);
  throw new LambdaError(
    'InvalidSignatureException',
    late
      ? `Signature expired: ${short(time)} is now earlier than ${short(bound)} (${short(new Date(nowMs))} - 5 min.)`
      : `Signature not yet current: ${short(time)} is still later than ${short(bound)} (${short(new Date(nowMs))} + 5 min.)`,
  );
}

export const short = (time: Date) => time.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Checks the body against its hash in the header, which the signer trusts. */
function checkBody({ headers }: IncomingMessage, body: Buffer): void {
  const declared = headers['x-amz-content-sha256'];
  if (declared === undefined) return;
  // S3 alone takes bodies that the signature does not cover.
  if (declared === 'UNSIGNED-PAYLOAD') throw mismatch();
  if (declared === createHash('sha256').update(body).digest('hex')) return;
  throw new LambdaError(
    'InvalidSignatureException',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

/** @throws {LambdaError} for an unknown access key */
export function secretOf(accessKeyId: string, keys: Keys): string {
  const secretAccessKey = keys.get(accessKeyId);
  if (secretAccessKey !== undefined) return secretAccessKey;
  throw new LambdaError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}
