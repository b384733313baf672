import { LambdaError } from '../../aws/errors';
import { type Credentials, signatureHeaders } from '../../aws/signing';
import { sha256 } from '../../lib/hash';

/** S3 or a stand-in. */
export interface S3 {
  /** Base URL of its API, e.g. `http://127.0.0.1:9090`. */
  readonly endpoint: string;
  readonly region: string;
  /** Credentials that sign requests; absent: requests are unsigned. */
  readonly credentials?: Credentials;
  readonly nowMs: () => number;
}

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** Largest zip that Lambda takes from S3: the limit of its unzipped content. */
const longestBytes = 262_144_000;

/**
 * Fetches an object in path style, which local stand-ins of S3 support:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws {LambdaError} with Lambda's text, and S3's code and message
 */
export async function fetchObject(s3: S3 | undefined, place: ObjectPlace): Promise<Buffer> {
  if (s3 === undefined) {
    throw new LambdaError(
      'InvalidParameterValueException',
      'Error occurred while GetObject. No S3 is configured: start lambdock with --s3-endpoint, or send the zip itself.',
    );
  }
  const { endpoint, credentials } = s3;
  const key = place.key.split('/').map(escaped).join('/');
  const version = place.version === undefined ? '' : `?versionId=${escaped(place.version)}`;
  const target = `/${place.bucket}/${key}${version}`;
  const headers = credentials && (await signed(target, s3, credentials));
  const answer = await fetch(`${endpoint}${target}`, headers && { headers }).catch((cause: unknown) => {
    throw refused('ServiceUnavailable', `${endpoint} cannot be reached`, cause);
  });
  if (!answer.ok) {
    const text = await answer.text();
    const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    const message = member('Message') ?? answer.statusText;
    throw refused(
      member('Code') ?? String(answer.status),
      answer.status === 403 && credentials === undefined
        ? `${message} (The request was not signed: start lambdock with --s3-key ID:SECRET.)`
        : message,
    );
  }
  if (Number(answer.headers.get('content-length')) > longestBytes) {
    await answer.body?.cancel();
    throw new LambdaError(
      'InvalidParameterValueException',
      `Unzipped size must be smaller than ${longestBytes} bytes`,
    );
  }
  return Buffer.from(await answer.arrayBuffer());
}

/** Escapes a path for S3's signatures, which escape more characters than the standard function. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function signed(
  target: string,
  { endpoint, region, nowMs }: S3,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const body = Buffer.alloc(0);
  // Only S3 requires this header.
  const content = { 'x-amz-content-sha256': sha256(body) };
  const headers = { host: new URL(endpoint).host, ...content };
  const signing = { credentials, region, service: 's3', at: new Date(nowMs()) };
  return { ...content, ...(await signatureHeaders({ method: 'GET', target, headers, body }, signing)) };
}

function refused(code: string, message: string, cause?: unknown): LambdaError {
  return new LambdaError(
    'InvalidParameterValueException',
    `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
    {},
    { cause },
  );
}
