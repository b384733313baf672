import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

let app: RunningApp;
let folder: TemporaryFolder;

/** Invokes itself by AWS's SDK, which passes the trace on. */
const looping = `
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const client = new LambdaClient({ maxAttempts: 1 });

export async function handler({ depth = 1, most = 100, type = 'RequestResponse' }, context) {
  console.log('depth', depth);
  if (depth === most) return { depth };
  try {
    const { Payload } = await client.send(
      new InvokeCommand({
        FunctionName: context.functionName,
        InvocationType: type,
        Payload: JSON.stringify({ depth: depth + 1, most, type }),
      }),
    );
    return type === 'Event' ? null : JSON.parse(Payload.transformToString());
  } catch (error) {
    return { depth, name: error.name, message: error.message };
  }
}
`;

const receiving = `
import json

def handler(event, context):
    print('received ' + json.dumps(event))
`;

const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  for (const [path, text] of [
    ['node/index.mjs', looping],
    ['python/app.py', receiving],
  ] as const) {
    const file = join(folder.path, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }
  const node = {
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    code: join(folder.path, 'node'),
    layers: [functionsFolder('layers/aws-sdk')],
    memorySize: 512,
    timeout: 120,
  };
  app = await RunningApp.start({
    keepStore: true,
    settings: { spares: 0 },
    functions: {
      looping: node,
      allowed: node,
      receiver: {
        runtime: 'python3.13',
        handler: 'app.handler',
        code: join(folder.path, 'python'),
        timeout: 20,
      },
      'none-reserved': node,
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const sendFailuresToReceiver = (FunctionName: string) =>
  app.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      DestinationConfig: { OnFailure: { Destination: arn('receiver') } },
    }),
  );

test('the seventeenth invocation of a function by itself is refused', async () => {
  const { payload } = await app.invoke('looping', {});
  expect(payload).toEqual({
    depth: 16,
    name: 'RecursiveInvocationException',
    message: expect.stringContaining('recursive loop'),
  });
});

test('a function that allows loops is not stopped', async () => {
  await app.client.send(
    new PutFunctionRecursionConfigCommand({ FunctionName: 'allowed', RecursiveLoop: 'Allow' }),
  );
  expect((await app.invoke('allowed', { most: 18 })).payload).toEqual({ depth: 18 });
});

test('an event in a loop ends at the destination for failures', async () => {
  await sendFailuresToReceiver('looping');
  await app.invoke('looping', { type: 'Event' });
  const [, text = ''] = await app.prints(/received (\{.*"RecursiveInvocation".*\})/);
  expect(JSON.parse(text)).toMatchObject({
    requestContext: { condition: 'RecursiveInvocation', approximateInvokeCount: 0 },
    requestPayload: { depth: 17 },
  });
});

test('with a reserved concurrency of 0 an event ends at the destination, without a try', async () => {
  await sendFailuresToReceiver('none-reserved');
  await app.client.send(
    new PutFunctionConcurrencyCommand({
      FunctionName: 'none-reserved',
      ReservedConcurrentExecutions: 0,
    }),
  );
  const { requestId } = await app.invoke('none-reserved', {}, { InvocationType: 'Event' });
  const [, text = ''] = await app.prints(/received (\{.*"ZeroReservedConcurrency".*\})/);
  expect(JSON.parse(text)).toMatchObject({
    requestContext: { requestId, condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
    requestPayload: {},
  });
});
