import type { Credentials } from './signing';

/** `ID:SECRET,ID:SECRET`; a secret may have colons, which ids have not. */
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
 * Those that AWS's own tools would take, unless the keys are known and they are none of them: a shell may be set up
 * for the real AWS. Else the first of the keys.
 */
export function credentialsOf(
  aws: Credentials | undefined,
  keys: ReadonlyMap<string, string>,
): Credentials | undefined {
  if (aws && (keys.size === 0 || keys.has(aws.accessKeyId))) return aws;
  const [first] = keys;
  return first && { accessKeyId: first[0], secretAccessKey: first[1] };
}
