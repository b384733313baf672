import { randomBytes } from 'node:crypto';
import type { Keys } from './signature';

/**
 * The secrets that verify signatures; undefined if any signature is accepted. If the settings have no key for the
 * account, its functions sign with a generated secret, so that they can call one another.
 */
export function signingKeys(
  {
    auth,
    keys,
    accountId,
  }: { readonly auth: string; readonly keys: ReadonlyMap<string, string>; readonly accountId: string },
  warn: (sentence: string) => void,
): Keys | undefined {
  if (auth !== 'required') return undefined;
  if (keys.size === 0)
    warn('auth is "required", but no keys are set: only functions can send requests. Set keys to ID:SECRET.');
  return new Map([...keys, [accountId, keys.get(accountId) ?? randomBytes(20).toString('hex')]]);
}
