/** Example events as AWS documents them for each source, reduced to what handlers usually read. */

const record = (fields: object) => ({ Records: [{ awsRegion: 'us-east-1', ...fields }] });

const events: Readonly<Record<string, object>> = {
  'Empty object': {},
  'API Gateway HTTP API (2.0)': {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/hello',
    rawQueryString: 'name=world',
    headers: { 'content-type': 'application/json', host: 'example.com' },
    queryStringParameters: { name: 'world' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api-id',
      domainName: 'example.com',
      http: {
        method: 'POST',
        path: '/hello',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'lambdock',
      },
      requestId: 'request-id',
      routeKey: '$default',
      stage: '$default',
      timeEpoch: 1_700_000_000_000,
    },
    body: '{"hello":"world"}',
    isBase64Encoded: false,
  },
  'API Gateway REST API (1.0)': {
    resource: '/hello',
    path: '/hello',
    httpMethod: 'GET',
    headers: { Host: 'example.com' },
    queryStringParameters: { name: 'world' },
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api-id',
      httpMethod: 'GET',
      path: '/hello',
      stage: 'test',
    },
    body: null,
    isBase64Encoded: false,
  },
  'SQS message': record({
    messageId: '19dd0b57-b21e-4ac1-bd88-01bbb068cb78',
    receiptHandle: 'handle',
    body: '{"hello":"world"}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1700000000000' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
  }),
  'SNS message': {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:us-east-1:000000000000:topic:subscription',
        Sns: {
          Type: 'Notification',
          MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
          TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
          Subject: 'hello',
          Message: 'world',
          Timestamp: '2023-11-14T22:13:20.000Z',
          MessageAttributes: {},
        },
      },
    ],
  },
  'S3 object created': record({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: '2023-11-14T22:13:20.000Z',
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: 'bucket', arn: 'arn:aws:s3:::bucket' },
      object: { key: 'folder/file.txt', size: 1024, eTag: '0123456789abcdef0123456789abcdef' },
    },
  }),
  'DynamoDB stream': record({
    eventID: '1',
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventVersion: '1.1',
    dynamodb: {
      Keys: { id: { S: '1' } },
      NewImage: { id: { S: '1' }, text: { S: 'hello' } },
      SequenceNumber: '111',
      SizeBytes: 26,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  }),
  'EventBridge schedule': {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2023-11-14T22:13:20Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/rule'],
    detail: {},
  },
};

export const samples: ReadonlyMap<string, string> = new Map(
  Object.entries(events).map(([name, event]) => [name, JSON.stringify(event, null, 2)]),
);
