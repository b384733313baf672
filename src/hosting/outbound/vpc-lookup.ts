import { LambdaError } from '../../aws/errors';
import type { FindVpc } from '../../functions/build/uploaded-code';
import { type AwsEndpoint, AwsRefusal, sendToAws } from './aws-request';

/**
 * Looks up subnets and security groups in a stand-in's EC2, as the service does at Create and Update. If the stand-in
 * has no EC2 or does not respond, all are accepted.
 * @throws {LambdaError} with the service's text if one does not exist
 */
export function vpcLookup(endpoint: AwsEndpoint): FindVpc {
  return async ({ subnetIds, securityGroupIds }, region) => {
    const subnets = await described(endpoint, region, 'DescribeSubnets', 'SubnetId', subnetIds);
    const groups = await described(endpoint, region, 'DescribeSecurityGroups', 'GroupId', securityGroupIds);
    return /<vpcId>([^<]+)<\/vpcId>/.exec(subnets + groups)?.[1];
  };
}

async function described(
  endpoint: AwsEndpoint,
  region: string,
  action: string,
  parameter: string,
  ids: readonly string[],
): Promise<string> {
  if (ids.length === 0) return '';
  const form = new URLSearchParams({ Action: action, Version: '2016-11-15' });
  for (const [index, id] of ids.entries()) form.set(`${parameter}.${index + 1}`, id);
  const request = {
    service: 'ec2',
    method: 'POST',
    target: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  } as const;
  try {
    return await sendToAws(endpoint, region, request);
  } catch (error) {
    const text = error instanceof AwsRefusal ? error.answer : '';
    const code = /<Code>(Invalid[^<]*\.(?:NotFound|Malformed))<\/Code>/.exec(text)?.[1];
    if (code === undefined) return '';
    const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? '';
    throw new LambdaError(
      'InvalidParameterValueException',
      `Error occurred while ${action}. EC2 Error Code: ${code}. EC2 Error Message: ${unescaped(message)}`,
    );
  }
}

const entities: Readonly<Record<string, string>> = { apos: "'", quot: '"', lt: '<', gt: '>', amp: '&' };

const unescaped = (xml: string) =>
  xml.replace(/&(?:#(\d+)|(\w+));/g, (all, digits: string | undefined, name: string | undefined) =>
    digits !== undefined ? String.fromCodePoint(Number(digits)) : (entities[name ?? ''] ?? all),
  );
