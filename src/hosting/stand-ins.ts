import type { Credentials } from '../aws/signing';
import type { S3 } from '../functions/build/s3';
import type { AwsEndpoint } from './outbound/aws-request';

/** The part of the settings that says where the rest of AWS is. */
export interface StandInSettings {
  readonly region: string;
  readonly accountId: string;
  readonly awsEndpoint?: string;
  readonly s3Endpoint?: string;
  readonly s3Credentials?: Credentials;
}

/** A stand-in refuses what is not signed, and takes any signature. */
const credentialsOf = ({ s3Credentials, accountId }: StandInSettings): Credentials =>
  s3Credentials ?? { accessKeyId: accountId, secretAccessKey: 'lambdock' };

/** Where lambdock's own messages to AWS go. */
export function awsOf(settings: StandInSettings, nowMs: () => number): AwsEndpoint | undefined {
  const { awsEndpoint } = settings;
  return awsEndpoint === undefined
    ? undefined
    : { address: awsEndpoint, credentials: credentialsOf(settings), nowMs };
}

/** Where code is fetched from that is named by bucket and key. */
export function s3Of(settings: StandInSettings, nowMs: () => number): S3 | undefined {
  const { region, s3Endpoint, awsEndpoint, s3Credentials } = settings;
  if (s3Endpoint === undefined) return undefined;
  const credentials = s3Endpoint === awsEndpoint ? credentialsOf(settings) : s3Credentials;
  return { endpoint: s3Endpoint, region, nowMs, ...(credentials && { credentials }) };
}
