import type { StartedTestContainer } from 'testcontainers';
import { RunningApp } from '../../support/app/running-app';
import { pythonContainer, pythonProgram } from '../../support/engine/python-container';
import { Deployer } from '../../support/functions/deployer';

jest.setTimeout(900_000);

let app: RunningApp;
const containers: StartedTestContainer[] = [];

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  await new Deployer(app.client).create(
    'chatty',
    `def handler(event, context):\n    print('seen', event['name'])\n    return event['name']\n`,
    { Timeout: 60 },
  );
  for (const name of ['Ada', 'Grace']) await app.invoke('chatty', { name });
});

afterAll(async () => {
  for (const container of containers) await container.stop();
  await app?.[Symbol.asyncDispose]();
});

/** A Python program in the packages of a layer, with lambdock as CloudWatch Logs. */
async function client(layer: string, start: string) {
  const environment = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: app.address,
    AWS_PAGER: '',
    SAM_CLI_TELEMETRY: '0',
    HOME: '/tmp',
  };
  const container = await (await pythonContainer(layer, environment)).start();
  containers.push(container);
  return async (...words: readonly string[]): Promise<string> => {
    const { exitCode, output } = await container.exec([pythonProgram, '-c', start, ...words]);
    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    return output;
  };
}

const boto3 = `
import boto3, json

logs = boto3.client('logs')
group = '/aws/lambda/chatty'
groups = [each['logGroupName'] for each in logs.describe_log_groups(logGroupNamePrefix=group)['logGroups']]
[stream] = logs.describe_log_streams(logGroupName=group, orderBy='LastEventTime', descending=True)['logStreams']
pages = logs.get_paginator('filter_log_events').paginate(
    logGroupName=group, filterPattern='seen', PaginationConfig={'PageSize': 1})
seen = [event['message'] for page in pages for event in page['events']]
events = logs.get_log_events(logGroupName=group, logStreamName=stream['logStreamName'], startFromHead=True)['events']
try:
    logs.filter_log_events(logGroupName='unknown')
except logs.exceptions.ResourceNotFoundException as error:
    unknown = str(error)
print(json.dumps([groups, seen, [event['message'].split(' ')[0] for event in events], unknown]))
`;

test('boto3 reads groups, streams and events, with its paginators and its errors', async () => {
  const run = await client('chalice', boto3);
  expect(JSON.parse(await run())).toEqual([
    ['/aws/lambda/chatty'],
    ['seen Ada', 'seen Grace'],
    ['INIT_START', 'START', 'seen', 'END', 'REPORT', 'START', 'seen', 'END', 'REPORT'].map((word) =>
      word === 'REPORT' ? expect.stringMatching(/^REPORT/) : word,
    ),
    expect.stringContaining('The specified log group does not exist.'),
  ]);
});

test('the AWS CLI filters events', async () => {
  const run = await client('aws-cli', 'import sys; from awscli.clidriver import main; sys.exit(main())');
  const words = [
    '--log-group-name',
    '/aws/lambda/chatty',
    '--filter-pattern',
    '?Ada ?REPORT',
    '--output',
    'json',
  ];
  const { events } = JSON.parse(await run('logs', 'filter-log-events', ...words)) as {
    events: readonly { message: string }[];
  };
  expect(events.map(({ message }) => message.slice(0, 8))).toEqual(['seen Ada', 'REPORT R', 'REPORT R']);
});

test('sam logs prints a log group', async () => {
  const sam = await client('sam', 'from samcli.cli.main import cli; cli()');
  const output = await sam('logs', '--cw-log-group', '/aws/lambda/chatty', '--region', 'us-east-1');
  expect(output).toMatch(/seen Ada[\s\S]*seen Grace/);
});

const liveTail = `
import boto3, json
from botocore.config import Config

logs = boto3.client('logs', config=Config(inject_host_prefix=False))
functions = boto3.client('lambda')
stream = logs.start_live_tail(
    logGroupIdentifiers=['arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/chatty'],
    logEventFilterPattern='seen')['responseStream']
for event in stream:
    if 'sessionStart' in event:
        functions.invoke(FunctionName='chatty', Payload=json.dumps({'name': 'Alan'}))
    for result in event.get('sessionUpdate', {}).get('sessionResults', []):
        print(json.dumps([result['message'], result['logGroupIdentifier']]))
        stream.close()
        raise SystemExit
`;

test('boto3 tails a log group live', async () => {
  const run = await client('chalice', liveTail);
  expect(JSON.parse(await run())).toEqual([
    'seen Alan',
    'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/chatty',
  ]);
});
