import { LambdaError } from '../aws/errors';

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** The largest zip that Lambda takes from S3 holds no more than its content may have. */
const longestBytes = 262_144_000;

/**
 * An object of S3, path style and unsigned, as local stand-ins of S3 take it.
 * @throws {LambdaError} in Lambda's words, with S3's own code and message
 */
export async function fetchObject(endpoint: string | undefined, place: ObjectPlace): Promise<Buffer> {
  if (endpoint === undefined) {
    throw new LambdaError(
      'InvalidParameterValueException',
      'Error occurred while GetObject. There is no S3 here: start lambdock with --s3-endpoint, or send the zip itself.',
    );
  }
  const key = place.key.split('/').map(encodeURIComponent).join('/');
  const version = place.version === undefined ? '' : `?versionId=${encodeURIComponent(place.version)}`;
  const answer = await fetch(`${endpoint}/${place.bucket}/${key}${version}`).catch((cause: unknown) => {
    throw refused('ServiceUnavailable', `${endpoint} cannot be reached`, cause);
  });
  if (!answer.ok) {
    const text = await answer.text();
    const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    throw refused(member('Code') ?? String(answer.status), member('Message') ?? answer.statusText);
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

function refused(code: string, message: string, cause?: unknown): LambdaError {
  return new LambdaError(
    'InvalidParameterValueException',
    `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
    {},
    { cause },
  );
}
