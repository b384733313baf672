import type { AwsMessage } from '../../src/hosting/async-destinations';
import { awsMessages } from '../../src/hosting/aws-messages';
import { RecordingServer } from '../support/clients/recording-server';

const message = (arn: string): AwsMessage => ({
  arn,
  body: '{"record":true}',
  attributes: { RequestID: 'r', ErrorCode: '200' },
  event: {
    id: 'r',
    scope: { region: 'us-east-1', accountId: '000000000000' },
    functionName: 'hello',
    payload: '',
    traceId: '',
    acceptedMs: 0,
    dueMs: 0,
    attempts: 1,
    delays: 0,
  },
  ended: {
    requestId: 'r',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST',
    condition: 'Success',
    attempts: 1,
    payload: Buffer.from('{}'),
    executedVersion: '$LATEST',
    endedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  },
});

let server: RecordingServer;
const invoked: string[][] = [];

beforeEach(async () => {
  server = await RecordingServer.start();
  server.json(200, {});
});

afterEach(() => server[Symbol.asyncDispose]());

const sender = () =>
  awsMessages(
    {
      address: server.endpoint,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      nowMs: () => Date.UTC(2026, 0, 1),
    },
    async (arn, payload) => void invoked.push([arn, payload]),
  );

test.each([
  [
    'arn:aws:sqs:eu-west-1:000000000000:dead',
    { method: 'POST', url: '/', header: ['x-amz-target', 'AmazonSQS.SendMessage'], scope: 'eu-west-1/sqs' },
    ['"QueueUrl":"http://sqs/000000000000/dead"', '"MessageBody"', '"StringValue":"r"'],
  ],
  [
    'arn:aws:sns:us-east-1:000000000000:topic',
    {
      method: 'POST',
      url: '/',
      header: ['content-type', 'application/x-www-form-urlencoded'],
      scope: 'us-east-1/sns',
    },
    ['Action=Publish', 'MessageAttributes.entry.1.Name=RequestID'],
  ],
  [
    'arn:aws:events:us-east-1:000000000000:event-bus/default',
    { method: 'POST', url: '/', header: ['x-amz-target', 'AWSEvents.PutEvents'], scope: 'us-east-1/events' },
    ['Lambda Function Invocation Result - Success', '"Source":"lambda"'],
  ],
  [
    'arn:aws:s3:::bucket',
    {
      method: 'PUT',
      url: '/bucket/aws/lambda/async/hello/2026/01/02/2026-01-02T03.04.05-r',
      header: ['content-type', 'application/json'],
      scope: 'us-east-1/s3',
    },
    ['{"record":true}'],
  ],
])(
  'a message to %s is a signed request of its service',
  async (arn, { method, url, header, scope }, parts) => {
    await sender()(message(arn));
    const [request] = server.requests;
    expect(request).toMatchObject({ method, url });
    expect(request?.headers[String(header[0])]).toBe(header[1]);
    expect(request?.headers.authorization).toContain(`/${scope}/aws4_request`);
    for (const part of parts) expect(request?.body).toContain(part);
  },
);

test('a function is invoked in this process', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:next';
  await sender()(message(arn));
  expect(invoked).toEqual([[arn, '{"record":true}']]);
  expect(server.requests).toEqual([]);
});

test('refusals and missing endpoints are sentences', async () => {
  server.json(400, { message: 'no such queue' });
  await expect(sender()(message('arn:aws:sqs:us-east-1:000000000000:dead'))).rejects.toThrow(
    'sqs answered 400: {"message":"no such queue"}',
  );
  server.json(200, { FailedEntryCount: 1 });
  await expect(sender()(message('arn:aws:events:us-east-1:000000000000:event-bus/x'))).rejects.toThrow(
    'events refused the record',
  );
  const without = awsMessages(undefined, async () => undefined);
  await expect(without(message('arn:aws:sqs:us-east-1:000000000000:dead'))).rejects.toThrow(
    'no AWS endpoint is set',
  );
});
