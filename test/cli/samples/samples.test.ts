import { gunzipSync } from 'node:zlib';
import { samples } from '../../../src/cli/samples/samples';

const context = {
  now: new Date('2026-01-31T12:00:00.000Z'),
  region: 'us-east-1',
  accountId: '123456789012',
  id: () => '00000000-0000-4000-8000-000000000000',
};

function made(name: string, given: Readonly<Record<string, string>> = {}) {
  const { options, make } = samples[name] ?? {};
  if (!options || !make) throw new Error(`There is no sample ${name}.`);
  const values = Object.fromEntries(Object.entries(options).map(([key, each]) => [key, each.default]));
  return JSON.parse(JSON.stringify(make({ ...values, ...given }, context)));
}

test.each(Object.keys(samples))('%s is JSON that stays the same for the same options', (name) => {
  expect(made(name)).toEqual(made(name));
});

test.each([
  ['s3', 'aws:s3'],
  ['sqs', 'aws:sqs'],
  ['kinesis', 'aws:kinesis'],
  ['dynamodb', 'aws:dynamodb'],
  ['ses', 'aws:ses'],
])('records of %s name their source', (name, eventSource) => {
  expect(made(name).Records[0]).toMatchObject({ eventSource });
});

test('a notification of SNS has its keys in Pascal case', () => {
  expect(made('sns', { message: 'hi' }).Records[0]).toMatchObject({
    EventSource: 'aws:sns',
    Sns: { Message: 'hi', TopicArn: 'arn:aws:sns:us-east-1:123456789012:example-topic' },
  });
});

test('HTTP events carry method, path, query and body as their payload version has them', () => {
  const given = { method: 'POST', path: '/a', query: 'x=1&x=2', body: '{}' };
  expect(made('apigateway', given)).toMatchObject({
    httpMethod: 'POST',
    path: '/a',
    body: '{}',
    queryStringParameters: { x: '2' },
    multiValueQueryStringParameters: { x: ['1', '2'] },
    requestContext: { requestTime: '31/Jan/2026:12:00:00 +0000', path: '/prod/a' },
  });
  expect(made('apigateway-v2', given)).toMatchObject({
    version: '2.0',
    routeKey: 'POST /a',
    rawQueryString: 'x=1&x=2',
    queryStringParameters: { x: '1,2' },
    requestContext: { http: { method: 'POST', path: '/a' } },
  });
  expect(made('function-url', given)).toMatchObject({ routeKey: '$default', body: '{}' });
  expect(made('alb', given)).toMatchObject({ httpMethod: 'POST', queryStringParameters: { x: '2' } });
  expect(made('apigateway', { ...given, query: '', body: '' })).toMatchObject({
    body: null,
    queryStringParameters: null,
  });
});

test('a removed object has no size, and a removed item no new image', () => {
  expect(made('s3', { event: 'ObjectRemoved:Delete' }).Records[0].s3.object).not.toHaveProperty('size');
  const { dynamodb } = made('dynamodb', { event: 'REMOVE' }).Records[0];
  expect(dynamodb).not.toHaveProperty('NewImage');
  expect(dynamodb.OldImage.id).toEqual({ S: '101' });
});

test('data of Kinesis is Base64, lines of CloudWatch Logs are compressed', () => {
  const record = made('kinesis', { data: 'hi' }).Records[0];
  expect(Buffer.from(record.kinesis.data, 'base64').toString()).toBe('hi');
  const { data } = made('cloudwatch-logs', { message: 'failed' }).awslogs;
  expect(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString())).toMatchObject({
    messageType: 'DATA_MESSAGE',
    logEvents: [{ message: 'failed' }],
  });
});

test.each([
  ['eventbridge', 'detail', '{"a":1}', '[1]'],
  ['sqs', 'count', '10', 'many'],
  ['s3', 'size', '0', '-1'],
  ['dynamodb', 'event', 'REMOVE', 'remove'],
])('%s takes for --%s %s and refuses %s', (name, option, good, bad) => {
  const problemOf = samples[name]?.options[option]?.problemOf;
  expect(problemOf?.(good)).toBeUndefined();
  expect(problemOf?.(bad)).toMatch(/^must be /);
});
