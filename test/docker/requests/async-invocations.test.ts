import { PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import type { QueueRow } from '../../../src/operator-api/contract';
import { RunningApp } from '../../support/app/running-app';
import { pythonFunction } from '../../support/functions/python-function';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

const code = `
import json, os

def failing(event, context):
    with open('/tmp/count', 'a') as file:
        file.write('x')
    attempt = os.path.getsize('/tmp/count')
    print(f'attempt {attempt} of {context.aws_request_id}')
    if attempt < event.get('failures', 99):
        raise ValueError(f'attempt {attempt}')
    return {'attempt': attempt}

def receiving(event, context):
    print('received ' + json.dumps(event))
`;

let app: RunningApp;
let folder: TemporaryFolder;
const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const python = await pythonFunction(folder.path, code, 'failing');
  app = await RunningApp.start({
    settings: { spares: 0, retrySpeed: 1_000 },
    functions: {
      exhausting: python,
      recovering: python,
      waiting: python,
      receiver: { ...python, handler: 'app.receiving' },
    },
  });
  for (const FunctionName of ['exhausting', 'recovering'])
    await app.client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        DestinationConfig: {
          OnSuccess: { Destination: arn('receiver') },
          OnFailure: { Destination: arn('receiver') },
        },
      }),
    );
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** The record that the receiver got for a request. */
async function recordOf(requestId: string): Promise<Record<string, unknown>> {
  const [, text = ''] = await app.prints(new RegExp(`received (\\{.*"requestId": "${requestId}".*\\})`));
  return JSON.parse(text);
}

test('a function that always fails runs three times under one id, then its record says so', async () => {
  const { requestId } = await app.invoke('exhausting', {}, { InvocationType: 'Event' });
  expect(await recordOf(requestId)).toMatchObject({
    version: '1.0',
    requestContext: {
      requestId,
      functionArn: `${arn('exhausting')}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: {},
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'ValueError', errorMessage: 'attempt 3' },
  });
  const attempts = (await app.log('exhausting')).filter(({ text }) => text.endsWith(`of ${requestId}`));
  expect(attempts).toHaveLength(3);
});

test('a function that recovers has a record of its success', async () => {
  const { requestId } = await app.invoke('recovering', { failures: 2 }, { InvocationType: 'Event' });
  expect(await recordOf(requestId)).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 2 },
    responsePayload: { attempt: 2 },
  });
});

test('lists an event until it has ended', async () => {
  await app.client.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'waiting', MaximumRetryAttempts: 2 }),
  );
  const queue = async () => {
    const answer = await fetch(`${app.address}/_lambdock/queue`);
    return ((await answer.json()) as { readonly events: readonly QueueRow[] }).events;
  };
  const { requestId } = await app.invoke('waiting', {}, { InvocationType: 'Event' });
  expect((await queue()).map((each) => each.requestId)).toContain(requestId);
  await app.prints(new RegExp(`attempt 3 of ${requestId}`));
  while ((await queue()).some((each) => each.requestId === requestId)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
});
