import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LambdaError } from '../../../src/aws/errors';
import { vpcLookup } from '../../../src/hosting/outbound/vpc-lookup';

/** Answers each action of EC2 with a status and a body. */
async function ec2(answers: Readonly<Record<string, readonly [status: number, body: string]>>) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    asked.push([...form].map(([name, value]) => `${name}=${value}`).join(' '));
    const [status, body] = answers[form.get('Action') ?? ''] ?? [404, 'no such thing'];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    asked,
    find: vpcLookup({ address: `http://127.0.0.1:${port}`, credentials, nowMs: () => 0 }),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const refusal = (code: string, message: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`;

const network = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };

test('gives the VPC of the subnets', async () => {
  await using service = await ec2({
    DescribeSubnets: [200, '<subnetSet><item><vpcId>vpc-7</vpcId></item></subnetSet>'],
    DescribeSecurityGroups: [200, '<securityGroupInfo/>'],
  });
  expect(await service.find(network, 'eu-west-1')).toBe('vpc-7');
  expect(service.asked).toEqual([
    'Action=DescribeSubnets Version=2016-11-15 SubnetId.1=subnet-1 SubnetId.2=subnet-2',
    'Action=DescribeSecurityGroups Version=2016-11-15 GroupId.1=sg-1',
  ]);
});

test.each([
  ['DescribeSubnets', 'InvalidSubnetID.NotFound', 'The subnet ID &#39;subnet-1&#39; does not exist'],
  ['DescribeSecurityGroups', 'InvalidGroup.NotFound', "The security group 'sg-1' does not exist"],
])('refuses what %s does not find, in the service`s words', async (action, code, message) => {
  await using service = await ec2({
    DescribeSubnets: [200, ''],
    DescribeSecurityGroups: [200, ''],
    [action]: [400, refusal(code, message)],
  });
  const failure = await service.find(network, 'eu-west-1').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(LambdaError);
  expect(failure).toMatchObject({
    code: 'InvalidParameterValueException',
    message: `Error occurred while ${action}. EC2 Error Code: ${code}. EC2 Error Message: ${message.replaceAll('&#39;', "'")}`,
  });
});

test('accepts every network where the stand-in has no EC2, or nothing answers', async () => {
  const service = await ec2({ DescribeSubnets: [403, refusal('UnauthorizedOperation', 'no')] });
  expect(await service.find(network, 'eu-west-1')).toBeUndefined();
  await service[Symbol.asyncDispose]();
  expect(await service.find(network, 'eu-west-1')).toBeUndefined();
});

test('asks nothing without subnets and groups', async () => {
  await using service = await ec2({});
  expect(await service.find({ subnetIds: [], securityGroupIds: [] }, 'eu-west-1')).toBeUndefined();
  expect(service.asked).toEqual([]);
});
