import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from './signing';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const form = /^ASIA([A-Z2-7]{8})([A-Z2-7]{4})([A-Z2-7]{4})$/;

/**
 * Creates unique temporary credentials for an execution environment. The access key id contains the account, as on AWS,
 * so that lambdock recognizes it without storing it.
 * @param baseSecret the account's secret, if signatures are verified: the new secret is derived from it
 */
export function newEnvironmentCredentials(accountId: string, baseSecret?: string): Required<Credentials> {
  const account = encode(Number(accountId), 8);
  const unique = encode(randomBytes(4).readUInt32BE() % 32 ** 4, 4);
  const accessKeyId = `ASIA${account}${unique}${checkOf(account + unique)}`;
  return {
    accessKeyId,
    secretAccessKey:
      baseSecret === undefined ? randomBytes(30).toString('base64') : derivedSecret(baseSecret, accessKeyId),
    sessionToken: `IQoJ${randomBytes(180).toString('base64')}`,
  };
}

/** The account of an access key id that `newEnvironmentCredentials` made; undefined for any other. */
export function accountOfEnvironment(accessKeyId: string): string | undefined {
  const [, account = '', unique = '', check] = form.exec(accessKeyId) ?? [];
  if (check === undefined || check !== checkOf(account + unique)) return undefined;
  const number = [...account].reduce((sum, digit) => sum * 32 + digits.indexOf(digit), 0);
  return number < 1e12 ? String(number).padStart(12, '0') : undefined;
}

/** Derives the secret of an environment's access key id. */
export function derivedSecret(baseSecret: string, accessKeyId: string): string {
  return createHmac('sha256', baseSecret).update(accessKeyId).digest('base64').slice(0, 40);
}

/** Adds the derived secrets of environments to secrets by access key id. The base secret's key is the account id. */
export function withEnvironments(keys: Pick<ReadonlyMap<string, string>, 'get'>): typeof keys {
  return {
    get(accessKeyId) {
      const accountId = accountOfEnvironment(accessKeyId);
      const base = accountId === undefined ? undefined : keys.get(accountId);
      return keys.get(accessKeyId) ?? (base && derivedSecret(base, accessKeyId));
    },
  };
}

function encode(value: number, length: number): string {
  let text = '';
  for (let left = value; text.length < length; left = Math.floor(left / 32))
    text = `${digits[left % 32]}${text}`;
  return text;
}

/** Checksum that distinguishes lambdock's ids from those of AWS, which have the same form. */
function checkOf(text: string): string {
  return encode(createHash('sha256').update(`lambdock ${text}`).digest().readUInt32BE() % 32 ** 4, 4);
}
