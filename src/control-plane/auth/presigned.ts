import type { IncomingMessage } from 'node:http';
import { LambdaError } from '../../aws/errors';
import { presignedSignature } from '../../aws/signing';
import { checkSame, checkScope, type Keys, ownServices, secretOf, short, signedParts } from './signature';

const credentialForm = /^([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request$/;
/** A week, for S3 and every other service. */
const longestSeconds = 604_800;
/** How far ahead the signer's clock may be. */
const toleranceMs = 5 * 60_000;

/** Whether a request is signed by its query, as a URL that one hands on. */
export function isPresigned({ url = '' }: IncomingMessage): boolean {
  return /[?&]X-Amz-Signature=/.test(url);
}

/**
 * As `verifySignature`, for https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html,
 * section Query parameters.
 * @throws {LambdaError}
 */
export async function verifyPresigned(
  request: IncomingMessage,
  body: Buffer,
  keys: Keys,
  nowMs: number,
  services: ReadonlySet<string> = ownServices,
): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const query = new URLSearchParams(search);
  const [, accessKeyId = '', date = '', region = '', service = ''] =
    credentialForm.exec(query.get('X-Amz-Credential') ?? '') ?? [];
  const at = timeIn(query.get('X-Amz-Date') ?? '');
  const seconds = Number(query.get('X-Amz-Expires') ?? 'none');
  const names = query.get('X-Amz-SignedHeaders') ?? '';
  const isWhole = accessKeyId !== '' && at !== undefined && names !== '';
  if (!isWhole || !(seconds >= 1 && seconds <= longestSeconds)) {
    throw new LambdaError(
      'IncompleteSignatureException',
      `X-Amz-Credential, X-Amz-Date, X-Amz-SignedHeaders or X-Amz-Expires (1 to ${longestSeconds} seconds) is missing or has another form than those of Signature Version 4.`,
    );
  }
  const secretAccessKey = secretOf(accessKeyId, keys);
  checkScope(date, service, names, at, services);
  checkLife(at, seconds, nowMs);
  const sessionToken = query.get('X-Amz-Security-Token') ?? undefined;
  const rest = [...query].filter(([name]) => !name.startsWith('X-Amz-'));
  const target = rest.length === 0 ? path : `${path}?${new URLSearchParams(rest)}`;
  const expected = await presignedSignature(
    { ...signedParts(request, body, names.split(';')), target },
    {
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      region,
      service,
      at,
    },
    seconds,
  );
  checkSame(query.get('X-Amz-Signature') ?? '', expected);
}

function checkLife(at: Date, seconds: number, nowMs: number): void {
  const ends = new Date(at.getTime() + seconds * 1_000);
  if (nowMs <= ends.getTime() && at.getTime() <= nowMs + toleranceMs) return;
  const now = short(new Date(nowMs));
  throw new LambdaError(
    'InvalidSignatureException',
    nowMs > ends.getTime()
      ? `Signature expired: ${short(ends)} is now earlier than ${now}`
      : `Signature not yet current: ${short(at)} is still later than ${now}`,
  );
}

function timeIn(written: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(written) ?? [];
  return second === undefined ? undefined : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
