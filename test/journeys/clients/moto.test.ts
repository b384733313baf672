import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  PublishLayerVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { MetricDelivery } from '../../../src/hosting/outbound/metric-delivery';
import { systemClock } from '../../../src/lib/clock';
import { RunningApp } from '../../support/app/running-app';
import { Moto } from '../../support/clients/moto';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(900_000);

const code = `
def handler(event, context):
    print('seen', event.get('name'))
    if event.get('fail'):
        raise ValueError('it failed')
    return {'name': event.get('name')}
`;

const account = '123456789012';
const arnOf = (service: string, name: string) => `arn:aws:${service}:us-east-1:${account}:${name}`;

let app: RunningApp;
let moto: Moto;
let folder: TemporaryFolder;

beforeAll(async () => {
  moto = await Moto.start();
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'code'));
  await writeFile(join(folder.path, 'code/app.py'), code);
  const python = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folder.path, 'code'),
    memorySize: 512,
    timeout: 20,
  };
  app = await RunningApp.start({
    settings: { spares: 0, retrySpeed: 1_000, accountId: account, aws: { endpoint: moto.address } },
    functions: {
      logging: python,
      grouped: { ...python, logging: { group: '/shop/functions', format: 'JSON' } },
      destined: python,
      dead: python,
      announced: python,
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await moto?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

type Content = Readonly<Record<string, unknown>>;

/** Asks again until there is something. */
async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function queue(name: string): Promise<string> {
  const { QueueUrl } = await moto.call('sqs', 'AmazonSQS.CreateQueue', { QueueName: name }, '1.0');
  return String(QueueUrl);
}

const messageIn = (QueueUrl: string) =>
  found(async () => {
    const wanted = {
      QueueUrl,
      MessageAttributeNames: ['All'],
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: 10,
    };
    const { Messages } = await moto.call('sqs', 'AmazonSQS.ReceiveMessage', wanted, '1.0');
    return (Messages as readonly Content[] | undefined)?.[0];
  });

async function messagesOf(logGroupName: string, isThere: (messages: readonly string[]) => boolean) {
  return found(async () => {
    const answer = await moto
      .call('logs', 'Logs_20140328.FilterLogEvents', { logGroupName })
      .catch(() => undefined);
    const messages = ((answer?.events ?? []) as readonly Content[]).map(({ message }) => String(message));
    return isThere(messages) ? messages : undefined;
  });
}

const send = (FunctionName: string, DestinationConfig: object) =>
  app.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, DestinationConfig }));

test('log lines are in the group and stream of their environment', async () => {
  const { requestId } = await app.invoke('logging', { name: 'Ada' });
  const messages = await messagesOf('/aws/lambda/logging', (all) =>
    all.some((text) => text.startsWith('REPORT')),
  );
  expect(messages.map((text) => text.split(' ', 1)[0])).toEqual([
    'INIT_START',
    'START',
    'seen',
    'END',
    'REPORT',
  ]);
  expect(messages[1]).toBe(`START RequestId: ${requestId} Version: $LATEST`);
  const { logStreams } = await moto.call('logs', 'Logs_20140328.DescribeLogStreams', {
    logGroupName: '/aws/lambda/logging',
  });
  const [line] = await app.log('logging');
  expect((logStreams as readonly Content[]).map(({ logStreamName }) => logStreamName)).toEqual([
    line?.logStream,
  ]);
});

test('log lines are in the group that the function names', async () => {
  await app.invoke('grouped', { name: 'Ada' });
  const messages = await messagesOf('/shop/functions', (all) =>
    all.some((text) => text.includes('platform.report')),
  );
  expect(messages).toContain('seen Ada');
});

test('metrics are in the namespace of Lambda', async () => {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  const counts = {
    invocations: 2,
    errors: 1,
    throttles: 0,
    windowUnderWayMost: 1,
    beginWindow: () => undefined,
  };
  const durations = { count: 2, sumMs: 30, windowLeastMs: 10, windowMostMs: 20 };
  const delivery = new MetricDelivery({
    endpoint: { address: moto.address, credentials, nowMs: () => Date.now() },
    region: 'us-east-1',
    figures: () => [{ functionName: 'logging', ...counts, durations }],
    clock: systemClock,
    say: (sentence) => {
      throw new Error(sentence);
    },
  });
  await delivery.close();
  const listed = await moto.query('monitoring', {
    Action: 'ListMetrics',
    Version: '2010-08-01',
    Namespace: 'AWS/Lambda',
  });
  for (const name of ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'])
    expect(listed).toContain(`<MetricName>${name}</MetricName>`);
});

test('a record of a failure is in the queue of the destination', async () => {
  const url = await queue('records');
  await send('destined', { OnFailure: { Destination: arnOf('sqs', 'records') } });
  const { requestId } = await app.invoke('destined', { fail: true }, { InvocationType: 'Event' });
  const { Body } = await messageIn(url);
  expect(JSON.parse(String(Body))).toMatchObject({
    requestContext: { requestId, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    responsePayload: { errorType: 'ValueError' },
  });
});

test('an event that failed is in the dead-letter queue, with its attributes', async () => {
  const url = await queue('dead');
  await app.client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'dead',
      DeadLetterConfig: { TargetArn: arnOf('sqs', 'dead') },
    }),
  );
  const { requestId } = await app.invoke('dead', { fail: true }, { InvocationType: 'Event' });
  const { Body, MessageAttributes } = await messageIn(url);
  expect(JSON.parse(String(Body))).toEqual({ fail: true });
  expect(MessageAttributes).toMatchObject({
    RequestID: { StringValue: requestId },
    ErrorCode: { StringValue: '200' },
    ErrorMessage: { StringValue: 'it failed' },
  });
});

test('a record of a success is with the subscribers of a topic', async () => {
  const url = await queue('subscriber');
  const Version = '2010-03-31';
  await moto.query('sns', { Version, Action: 'CreateTopic', Name: 'results' });
  const TopicArn = arnOf('sns', 'results');
  await moto.query('sns', {
    Version,
    Action: 'Subscribe',
    TopicArn,
    Protocol: 'sqs',
    Endpoint: arnOf('sqs', 'subscriber'),
  });
  await send('announced', { OnSuccess: { Destination: TopicArn } });
  const { requestId } = await app.invoke('announced', { name: 'Ada' }, { InvocationType: 'Event' });
  const { Body } = await messageIn(url);
  const { Message } = JSON.parse(String(Body)) as { readonly Message: string };
  expect(JSON.parse(Message)).toMatchObject({
    requestContext: { requestId, condition: 'Success' },
    responsePayload: { name: 'Ada' },
  });
});

test('a record is an event on a bus, which its rules see', async () => {
  await moto.call('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: '/events' });
  const EventPattern = JSON.stringify({ source: ['lambda'] });
  await moto.call('events', 'AWSEvents.PutRule', { Name: 'all', EventPattern, State: 'ENABLED' });
  const Targets = [{ Id: 'log', Arn: arnOf('logs', 'log-group:/events') }];
  await moto.call('events', 'AWSEvents.PutTargets', { Rule: 'all', Targets });
  await send('destined', { OnSuccess: { Destination: arnOf('events', 'event-bus/default') } });
  const { requestId } = await app.invoke('destined', { name: 'Ada' }, { InvocationType: 'Event' });
  const [event] = await messagesOf('/events', (all) => all.length > 0);
  expect(JSON.parse(String(event))).toMatchObject({
    source: 'lambda',
    'detail-type': 'Lambda Function Invocation Result - Success',
    detail: { requestContext: { requestId, condition: 'Success' }, responsePayload: { name: 'Ada' } },
  });
});

test('a record of a failure is an object in a bucket', async () => {
  await moto.s3('PUT', '/failures');
  await send('destined', { OnFailure: { Destination: 'arn:aws:s3:::failures' } });
  const { requestId } = await app.invoke('destined', { fail: true }, { InvocationType: 'Event' });
  const key = await found(async () => {
    const list = await moto.s3('GET', '/failures?list-type=2');
    return /<Key>([^<]+)<\/Key>/.exec(list)?.[1];
  });
  expect(key).toMatch(new RegExp(`^aws/lambda/async/destined/\\d{4}/\\d\\d/\\d\\d/.*-${requestId}$`));
  expect(JSON.parse(await moto.s3('GET', `/failures/${key}`))).toMatchObject({
    requestContext: { requestId },
  });
});

describe('code in a bucket', () => {
  const S3Bucket = 'packages';
  const put = async (key: string, content: string) =>
    moto.s3('PUT', `/${S3Bucket}/${key}`, new Uint8Array(await zipOf({ 'app.py': content })));
  const saying = (text: string) => `handler = lambda event, context: '${text}'`;
  const create = (FunctionName: string, Code: object) =>
    app.client.send(
      new CreateFunctionCommand({
        FunctionName,
        Code,
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Role: `arn:aws:iam::${account}:role/r`,
      }),
    );
  const resolved = async (FunctionName: string) => {
    await waitUntilFunctionActiveV2({ client: app.client, maxWaitTime: 600 }, { FunctionName });
    await waitUntilFunctionUpdatedV2({ client: app.client, maxWaitTime: 600 }, { FunctionName });
    const { Code } = await app.client.send(new GetFunctionCommand({ FunctionName }));
    expect(Code?.Location).toMatch(/^http:/);
    return Code?.ResolvedS3Object;
  };

  beforeAll(async () => {
    await moto.s3('PUT', `/${S3Bucket}`);
    await put('first.zip', saying('first'));
    await put('second.zip', saying('second'));
  });

  test('an object that is referred to is shown, and is what runs', async () => {
    const REFERENCE = { S3Bucket, S3ObjectStorageMode: 'REFERENCE' } as const;
    await create('referring', { ...REFERENCE, S3Key: 'first.zip' });
    expect(await resolved('referring')).toEqual({ S3Bucket, S3Key: 'first.zip' });
    expect((await app.invoke('referring')).payload).toBe('first');
    const change = { FunctionName: 'referring', ...REFERENCE, S3Key: 'second.zip' };
    await app.client.send(new UpdateFunctionCodeCommand(change));
    expect(await resolved('referring')).toEqual({ S3Bucket, S3Key: 'second.zip' });
    expect((await app.invoke('referring')).payload).toBe('second');
  });

  test.each([['COPY'], [undefined]])('an object is copied with the mode %s, and not shown', async (mode) => {
    const name = `copying-${mode}`;
    await create(name, { S3Bucket, S3Key: 'first.zip', ...(mode && { S3ObjectStorageMode: mode }) });
    expect(await resolved(name)).toBeUndefined();
  });

  test("a layer's object is shown likewise", async () => {
    const publish = (Content: object) =>
      app.client.send(new PublishLayerVersionCommand({ LayerName: 'from-bucket', Content }));
    const object = { S3Bucket, S3Key: 'first.zip' };
    const referred = await publish({ ...object, S3ObjectStorageMode: 'REFERENCE' });
    expect(referred.Content?.ResolvedS3Object).toEqual(object);
    const copied = await publish(object);
    expect(copied.Content).not.toHaveProperty('ResolvedS3Object');
  });

  test('an object that is not there is named, and nothing is created', async () => {
    await expect(create('missing', { S3Bucket, S3Key: 'none.zip' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    });
    await expect(app.client.send(new GetFunctionCommand({ FunctionName: 'missing' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

test('subnets and security groups are those of the stand-in', async () => {
  const elementIn = (xml: string, name: string) =>
    new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1] ?? '';
  const subnets = await moto.query('ec2', { Action: 'DescribeSubnets', Version: '2016-11-15' });
  const groups = await moto.query('ec2', { Action: 'DescribeSecurityGroups', Version: '2016-11-15' });
  const network = {
    SubnetIds: [elementIn(subnets, 'subnetId')],
    SecurityGroupIds: [elementIn(groups, 'groupId')],
  };
  const create = async (FunctionName: string, VpcConfig: typeof network) =>
    app.client.send(
      new CreateFunctionCommand({
        FunctionName,
        VpcConfig,
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Role: `arn:aws:iam::${account}:role/r`,
        Code: { ZipFile: await zipOf({ 'app.py': code }) },
      }),
    );
  const { VpcConfig } = await create('within', network);
  expect(VpcConfig).toEqual({
    ...network,
    VpcId: elementIn(subnets, 'vpcId'),
    Ipv6AllowedForDualStack: false,
  });
  await expect(create('lost', { ...network, SubnetIds: ['subnet-0123456789abcdef0'] })).rejects.toMatchObject(
    {
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. ' +
        "EC2 Error Message: The subnet ID 'subnet-0123456789abcdef0' does not exist",
    },
  );
});
