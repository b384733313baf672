import { isAccountId, isRegion } from '../aws/arn';
import { accountOfEnvironment } from '../aws/environment-credentials';

/** Account and region for which an operation runs. */
export interface Caller {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Host by which the caller reached this server, e.g. `localhost:9000`; absent for internal calls. */
  readonly host?: string;
}

/**
 * The caller by the request's signature, which has been verified or is trusted. The account is the access key id if
 * that has twelve digits, or the account of the environment with that key. The region is the credential scope's. Others
 * are the defaults.
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
