import { LambdaError } from '../../aws/errors';
import { type Credentials, signatureHeaders } from '../../aws/signing';
import { sha256 } from '../../lib/hash';

/** An S3, or what stands in for it. */
export interface S3 {
  /** Where its API is answered, e.g. `http://127.0.0.1:9090`. */
  readonly endpoint: string;
  readonly region: string;
  /** What requests are signed with; absent: they go unsigned. */
  readonly credentials?: Credentials;
  readonly nowMs: () => number;
}

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** The largest zip that Lambda takes from S3 holds no more than its content may have. */
const longestBytes = 262_144_000;

/**
 * An object of S3, asked for in path style, as local stand-ins of S3 take it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws {LambdaError} in Lambda's words, with S3's own code and message
 */
export async function fetchObject(s3: S3 | undefined, place: ObjectPlace): Promise<Buffer> {
  if (s3 === undefined) {
    throw new LambdaError(
      'InvalidParameterValueException',
      'Error occurred while GetObject. There is no S3 here: start lambdock with --s3-endpoint, or send the zip itself.',
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
        ? `${message} (Nothing was signed: start lambdock with --s3-key ID:SECRET.)`
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

/** As S3 wants it for signatures: more than the standard function escapes. */
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
  // S3 alone asks for it.
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
