import type { Credentials } from '../aws/signing';
import type { S3 } from '../functions/build/s3';
import type { AwsEndpoint } from './outbound/aws-request';

/** Settings of stand-ins for other AWS services. */
export interface StandInSettings {
  readonly region: string;
  readonly accountId: string;
  readonly awsEndpoint?: string;
  readonly s3Endpoint?: string;
  readonly s3Credentials?: Credentials;
}

/** Credentials for stand-ins, which refuse unsigned requests but accept any signature. */
const credentialsOf = ({ s3Credentials, accountId }: StandInSettings): Credentials =>
  s3Credentials ?? { accessKeyId: accountId, secretAccessKey: 'lambdock' };

/** Endpoint of lambdock's own requests to AWS. */
export function awsOf(settings: StandInSettings, nowMs: () => number): AwsEndpoint | undefined {
  const { awsEndpoint } = settings;
  return awsEndpoint === undefined
    ? undefined
    : { address: awsEndpoint, credentials: credentialsOf(settings), nowMs };
}

/** S3 for code named by bucket and key. */
export function s3Of(settings: StandInSettings, nowMs: () => number): S3 | undefined {
  const { region, s3Endpoint, awsEndpoint, s3Credentials } = settings;
  if (s3Endpoint === undefined) return undefined;
  const credentials = s3Endpoint === awsEndpoint ? credentialsOf(settings) : s3Credentials;
  return { endpoint: s3Endpoint, region, nowMs, ...(credentials && { credentials }) };
}
