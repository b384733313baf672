import type { Credentials } from './signing';

/** Reads `ID:SECRET,ID:SECRET`. A secret may contain colons, an id may not. */
export function keysOf(written: string): ReadonlyMap<string, string> {
  const pairs = written.split(',').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf(':')).trim(), pair.slice(pair.indexOf(':') + 1)]),
  );
}

export function awsCredentialsOf({
  AWS_ACCESS_KEY_ID: accessKeyId = '',
  AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  AWS_SESSION_TOKEN: sessionToken = '',
}: Readonly<Record<string, string | undefined>>): Credentials | undefined {
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) };
}

/**
 * Returns the credentials that AWS's tools use. If there are keys and these credentials are not among them, returns the
 * first key instead: a shell may be set up for the real AWS.
 */
export function credentialsOf(
  aws: Credentials | undefined,
  keys: ReadonlyMap<string, string>,
): Credentials | undefined {
  if (aws && (keys.size === 0 || keys.has(aws.accessKeyId))) return aws;
  const [first] = keys;
  return first && { accessKeyId: first[0], secretAccessKey: first[1] };
}
