import { isAccountId, isRegion } from '../aws/arn';
import { accountOfEnvironment } from '../aws/environment-credentials';

/** For whom an operation is done: where its resources lie. */
export interface Caller {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Where the caller has reached this server, e.g. `localhost:9000`; absent where it has not come over the wire. */
  readonly host?: string;
}

/**
 * Who calls, by the signature that the request bears and that is believed: the account is the access key id where
 * that is twelve digits, or that of the environment which has it. The region is the credential scope's. The rest is the
 * default's.
 */
export function callerOf(authorization: string | undefined, defaults: Caller): Caller {
  const { region, accountId } = defaults;
  const credential =
    authorization === undefined ? undefined : /Credential=([^,\s]+)/.exec(authorization)?.[1];
  if (credential === undefined) return { region, accountId };
  const [accessKeyId = '', , scope = ''] = credential.split('/');
  return {
    region: isRegion(scope) ? scope : region,
    accountId: isAccountId(accessKeyId) ? accessKeyId : (accountOfEnvironment(accessKeyId) ?? accountId),
  };
}
