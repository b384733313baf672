import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudWatchLogs, isLogsRequest } from '../../../src/control-plane/cloudwatch-logs/cloudwatch-logs';
import { LiveTail } from '../../../src/control-plane/cloudwatch-logs/live-tail';
import { LogGroups } from '../../../src/control-plane/cloudwatch-logs/log-groups';
import { sendAnswer } from '../../../src/control-plane/edge';
import type { Registry } from '../../../src/functions/registry/registry';
import { systemClock } from '../../../src/lib/clock';
import { Journal } from '../../../src/telemetry/journal';
import { LogArchive } from '../../../src/telemetry/log-archive';
import { LogFiles } from '../../../src/telemetry/log-files';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const home = { region: 'us-east-1', accountId: '000000000000' };
const deployed = (functionName: string, LoggingConfig?: object) => ({
  scope: home,
  record: {
    functionName,
    lastModifiedMs: 5,
    settings: { storedOnly: { ...(LoggingConfig && { LoggingConfig }) } },
  },
});

let folder: TemporaryFolder;
let files: LogFiles;
let server: Server;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const fail = (error: Error) => {
    throw error;
  };
  files = new LogFiles(folder.path, { clock: systemClock, maxBytes: 1_048_576, files: 5, fail });
  const archive = new LogArchive(folder.path, () => files.written());
  const served = [
    deployed('hello'),
    deployed('silent'),
    ...['left', 'right'].map((name) => deployed(name, { LogGroup: '/shared' })),
  ];
  const registry = { everyServed: () => served } as unknown as Registry;
  const groups = new LogGroups(registry, archive, home);
  server = createServer((request, response) => {
    if (!isLogsRequest(request)) {
      response.writeHead(404).end();
      return;
    }
    void cloudWatchLogs(request, home, { archive, groups }).then((answer) => {
      if (answer instanceof LiveTail) answer.begin(response, new Journal(), systemClock);
      else sendAnswer(response, answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const write = (functionName: string, logStream: string, timeMs: number, text: string) =>
    files.write({ functionName, functionVersion: '$LATEST', logStream, timeMs, text });
  for (let at = 0; at < 10; at += 1) write('hello', at < 5 ? 'one' : 'two', 100 + at, `line ${at}`);
  for (let at = 0; at < 6; at += 1)
    write(at % 2 === 0 ? 'left' : 'right', 'stream', 100 + at, `shared ${at}`);
  write('deleted', 'stream', 100, 'of a deleted function');
});

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await files.close();
  await folder[Symbol.asyncDispose]();
});

type Content = Readonly<Record<string, unknown>>;

async function call(operation: string, input: unknown, headers: Readonly<Record<string, string>> = {}) {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'X-Amz-Target': `Logs_20140328.${operation}`, ...headers },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  const content = (await response.json()) as Content;
  return { status: response.status, type: response.headers.get('content-type'), content };
}

async function messages(operation: string, input: object) {
  const { content } = await call(operation, input);
  const { events = [] } = content as { events?: readonly { message: string }[] };
  return { texts: events.map(({ message }) => message), content };
}

const hello = { logGroupName: '/aws/lambda/hello' };
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`);

test('lists groups of functions with a log, without one, with a group of their own, and of deleted ones', async () => {
  const { content, type } = await call('DescribeLogGroups', {});
  expect(type).toBe('application/x-amz-json-1.1');
  const { logGroups } = content as { logGroups: readonly Content[] };
  expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([
    '/aws/lambda/deleted',
    '/aws/lambda/hello',
    '/aws/lambda/silent',
    '/shared',
  ]);
  expect(logGroups[2]).toEqual({
    logGroupName: '/aws/lambda/silent',
    creationTime: 5,
    metricFilterCount: 0,
    arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/silent:*',
    logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/silent',
    logGroupClass: 'STANDARD',
    storedBytes: 0,
  });
});

test('lists groups by prefix and pattern, some at a time', async () => {
  const names = async (input: object) =>
    ((await call('DescribeLogGroups', input)).content.logGroups as readonly Content[]).map(
      (group) => group.logGroupName,
    );
  expect(await names({ logGroupNamePrefix: '/aws/lambda/s' })).toEqual(['/aws/lambda/silent']);
  expect(await names({ logGroupNamePattern: 'HELL' })).toEqual(['/aws/lambda/hello']);
  const first = await call('DescribeLogGroups', { limit: 3 });
  expect(await names({ limit: 3, nextToken: first.content.nextToken })).toEqual(['/shared']);
});

test('another region has no groups', async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20250101/eu-west-1/logs/aws4_request';
  expect((await call('DescribeLogGroups', {}, { authorization })).content).toEqual({ logGroups: [] });
});

test('lists streams by name and by their last event', async () => {
  const { content } = await call('DescribeLogStreams', {
    ...hello,
    orderBy: 'LastEventTime',
    descending: true,
  });
  expect(content.logStreams).toEqual([
    expect.objectContaining({ logStreamName: 'two', firstEventTimestamp: 105, lastEventTimestamp: 109 }),
    expect.objectContaining({ logStreamName: 'one', firstEventTimestamp: 100, lastEventTimestamp: 104 }),
  ]);
  const byPrefix = await call('DescribeLogStreams', { ...hello, logStreamNamePrefix: 'o' });
  expect(byPrefix.content.logStreams).toHaveLength(1);
});

test('filters by time, stream and pattern', async () => {
  expect((await messages('FilterLogEvents', { ...hello, startTime: 103, endTime: 106 })).texts).toEqual(
    lines(3, 5),
  );
  expect((await messages('FilterLogEvents', { ...hello, logStreamNames: ['two'] })).texts).toEqual(
    lines(5, 9),
  );
  expect((await messages('FilterLogEvents', { ...hello, logStreamNamePrefix: 'on' })).texts).toEqual(
    lines(0, 4),
  );
  expect((await messages('FilterLogEvents', { ...hello, filterPattern: '"line 7"' })).texts).toEqual([
    'line 7',
  ]);
});

test('an event has its stream, its time and a unique id', async () => {
  const { content } = await call('FilterLogEvents', { ...hello, limit: 1 });
  expect(content).toEqual({
    events: [
      {
        logStreamName: 'one',
        timestamp: 100,
        ingestionTime: 100,
        message: 'line 0',
        eventId: expect.stringMatching(/^\d{40,60}$/),
      },
    ],
    searchedLogStreams: [],
    nextToken: expect.any(String),
  });
});

test('pages of a filter follow one another, and the last one has no token', async () => {
  const found: string[] = [];
  let nextToken: unknown;
  do {
    const { texts, content } = await messages('FilterLogEvents', {
      ...hello,
      limit: 4,
      ...(nextToken ? { nextToken } : {}),
    });
    found.push(...texts);
    nextToken = content.nextToken;
  } while (nextToken !== undefined);
  expect(found).toEqual(lines(0, 9));
});

test('a group of several functions has their events by time, over pages as well', async () => {
  const shared = { logGroupName: '/shared' };
  const first = await messages('FilterLogEvents', { ...shared, limit: 3 });
  const second = await messages('FilterLogEvents', { ...shared, nextToken: first.content.nextToken });
  expect([...first.texts, ...second.texts]).toEqual([0, 1, 2, 3, 4, 5].map((at) => `shared ${at}`));
});

test('events of a stream from its head, forward until the token stays', async () => {
  const input = { ...hello, logStreamName: 'one', limit: 3, startFromHead: true };
  const first = await messages('GetLogEvents', input);
  const second = await messages('GetLogEvents', { ...input, nextToken: first.content.nextForwardToken });
  const third = await messages('GetLogEvents', { ...input, nextToken: second.content.nextForwardToken });
  const fourth = await messages('GetLogEvents', { ...input, nextToken: third.content.nextForwardToken });
  expect([first.texts, second.texts, third.texts, fourth.texts]).toEqual([lines(0, 2), lines(3, 4), [], []]);
  expect(fourth.content.nextForwardToken).toBe(third.content.nextForwardToken);
});

test('events of a stream from its tail, backward until there are none', async () => {
  const input = { ...hello, logStreamName: 'two', limit: 3 };
  const first = await messages('GetLogEvents', input);
  const second = await messages('GetLogEvents', { ...input, nextToken: first.content.nextBackwardToken });
  const third = await messages('GetLogEvents', { ...input, nextToken: second.content.nextBackwardToken });
  expect([first.texts, second.texts, third.texts]).toEqual([lines(7, 9), lines(5, 6), []]);
  files.write({
    functionName: 'hello',
    functionVersion: '$LATEST',
    logStream: 'two',
    timeMs: 110,
    text: 'line 10',
  });
  const later = await messages('GetLogEvents', { ...input, nextToken: first.content.nextForwardToken });
  expect(later.texts).toEqual(['line 10']);
});

test('a group may be named by its ARN', async () => {
  const logGroupIdentifier = 'arn:aws:logs:us-east-1:000000000000:log-group:/shared';
  expect((await messages('FilterLogEvents', { logGroupIdentifier })).texts).toHaveLength(6);
});

test.each([
  [
    'an unknown group',
    'FilterLogEvents',
    { logGroupName: 'x' },
    'ResourceNotFoundException',
    'The specified log group does not exist.',
  ],
  ['no group', 'FilterLogEvents', {}, 'InvalidParameterException', 'logGroupName is required.'],
  ['no stream', 'GetLogEvents', hello, 'InvalidParameterException', 'logStreamName is required.'],
  [
    'a limit of 0',
    'FilterLogEvents',
    { ...hello, limit: 0 },
    'InvalidParameterException',
    "Value '0' at 'limit'",
  ],
  [
    'too many groups',
    'DescribeLogGroups',
    { limit: 51 },
    'InvalidParameterException',
    'less than or equal to 50',
  ],
  [
    'a foreign token',
    'FilterLogEvents',
    { ...hello, nextToken: 'x' },
    'InvalidParameterException',
    'nextToken is invalid',
  ],
  [
    'a token of another operation',
    'GetLogEvents',
    { ...hello, logStreamName: 'one', nextToken: 'W10' },
    'InvalidParameterException',
    'nextToken is invalid',
  ],
  [
    'an invalid pattern',
    'FilterLogEvents',
    { ...hello, filterPattern: '"' },
    'InvalidParameterException',
    'Invalid filter pattern',
  ],
  ['another operation', 'PutLogEvents', {}, 'UnknownOperationException', 'does not offer PutLogEvents'],
  ['a name of every object', 'constructor', {}, 'UnknownOperationException', 'does not offer constructor'],
  ['a body that is no object', 'FilterLogEvents', '[]', 'InvalidParameterException', 'must be a JSON object'],
])('returns 400 for %s', async (_case, operation, input, code, message) => {
  const { status, content } = await call(operation, input);
  expect({ status, content }).toEqual({
    status: 400,
    content: { __type: code, message: expect.stringContaining(message) },
  });
});

test.each([
  [{}, 'logGroupIdentifiers must have 1 to 10 members.'],
  [{ logGroupIdentifiers: ['/shared'], logStreamNames: ['a'], logStreamNamePrefixes: ['a'] }, 'not both'],
  [{ logGroupIdentifiers: ['/shared', '/aws/lambda/hello'], logStreamNames: ['a'] }, 'one log group alone'],
  [{ logGroupIdentifiers: ['/shared'], logEventFilterPattern: '[a]' }, 'brackets'],
])('StartLiveTail refuses %j', async (input, text) => {
  const { status, content } = await call('StartLiveTail', input);
  expect([status, content]).toEqual([
    400,
    { __type: 'InvalidParameterException', message: expect.stringContaining(text) },
  ]);
});

test('StartLiveTail finds groups by name and by ARN', async () => {
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/shared:*';
  const { port } = server.address() as AddressInfo;
  const stopping = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'Logs_20140328.StartLiveTail' },
    body: JSON.stringify({ logGroupIdentifiers: [arn, '/aws/lambda/hello'] }),
    signal: stopping.signal,
  });
  expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('sessionStart')) text += Buffer.from((await reader.read()).value ?? []).toString();
  stopping.abort();
  const { content } = await call('StartLiveTail', { logGroupIdentifiers: ['unknown'] });
  expect(content.__type).toBe('ResourceNotFoundException');
});
