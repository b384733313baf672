import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from './signing';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const form = /^ASIA([A-Z2-7]{8})([A-Z2-7]{4})([A-Z2-7]{4})$/;

/**
 * Temporary credentials as an execution environment has them, of no other. The access key id carries its account, as
 * AWS's own do, so that nothing has to be kept to know it again.
 * @param baseSecret of the account, where signatures are verified: the secret can be derived from it again then
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

/** The secret that belongs to an environment's access key id. */
export function derivedSecret(baseSecret: string, accessKeyId: string): string {
  return createHmac('sha256', baseSecret).update(accessKeyId).digest('base64').slice(0, 40);
}

/** Secrets by access key ids, with those of environments whose account has one. */
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

/** Distinguishes our own ids from AWS's, which look alike. */
function checkOf(text: string): string {
  return encode(createHash('sha256').update(`lambdock ${text}`).digest().readUInt32BE() % 32 ** 4, 4);
}
