import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';
import { routes } from '../../../src/control-plane/operations';
import { appWithFunctions, arnOf } from '../../support/app/lambda-api';
import { sharedApp } from '../../support/app/shared-app';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

async function send(method: string, path: string, body?: string) {
  const answer = await fetch(`${shared.app.address}${path}`, { method, ...(body !== undefined && { body }) });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('x-amzn-errortype'),
    requestId: answer.headers.get('x-amzn-requestid'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const one = '/2015-03-31/functions/one';

test.each([
  ['GET', '/2015-03-31/nothing'],
  ['PATCH', one],
  ['GET', '/'],
  // Known to the service, not offered here.
  ['GET', '/2025-11-30/capacity-providers'],
])('%s %s is no operation', async (method, path) => {
  expect(await send(method, path)).toEqual({
    status: 404,
    type: 'UnknownOperationException',
    requestId: expect.any(String),
    body: { Type: 'User', message: 'The operation is not offered here.' },
  });
});

test.each(Object.entries(routes))('%s is offered', async (_name, { method, path }) => {
  // Whatever it answers to names that are not there: it is an answer of its own.
  const { type } = await send(method, path.replaceAll(/\{\w+\}/g, '1'), method === 'GET' ? undefined : '{}');
  expect(type).not.toBe('UnknownOperationException');
});

test('lists every broken constraint in one sentence', async () => {
  const { status, type, body } = await send(
    'POST',
    '/2015-03-31/functions',
    JSON.stringify({ FunctionName: '', MemorySize: 1, EphemeralStorage: {}, Layers: ['no'], Code: {} }),
  );
  expect([status, type]).toEqual([400, 'ValidationException']);
  expect(Object.keys(body)).toEqual(['message']);
  const [head, ...rest] = String(body.message).split(/(?:: |; )(?=Value)/);
  expect(head).toBe('6 validation errors detected');
  const text = rest.join('\n');
  expect(text).toContain(
    "Value '' at 'functionName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
  expect(text).toContain(
    "Value '1' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
  );
  expect(text).toContain(
    "Value null at 'ephemeralStorage.size' failed to satisfy constraint: Member must not be null",
  );
  expect(text).toContain("Value null at 'role' failed to satisfy constraint: Member must not be null");
  expect(text).toContain(
    "Value '[no]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ",
  );
});

test.each([
  ['{"RecursiveLoop": 5}', 'NUMBER_VALUE can not be converted to a String'],
  ['{"RecursiveLoop": {}}', 'Start of structure or map found where not expected.'],
  ['{"RecursiveLoop": []}', 'Start of list found where not expected'],
  ['[]', 'Start of list found where not expected'],
])('a body of other types: %s', async (text, message) => {
  expect(await send('PUT', '/2024-08-31/functions/one/recursion-config', text)).toMatchObject({
    status: 400,
    type: 'SerializationException',
    body: { Message: message },
  });
});

test('a number that is written as text', async () => {
  const concurrency = '/2017-10-31/functions/one/concurrency';
  expect(await send('PUT', concurrency, '{"ReservedConcurrentExecutions": "1"}')).toMatchObject({
    type: 'SerializationException',
    body: { Message: 'STRING_VALUE can not be converted to an Integer' },
  });
  expect(await send('GET', `${one}/versions?MaxItems=many`)).toMatchObject({
    type: 'SerializationException',
  });
});

test('refuses a body that is not JSON', async () => {
  expect(await send('PUT', '/2024-08-31/functions/one/recursion-config', '{"Recursive')).toMatchObject({
    status: 400,
    type: 'SerializationException',
    body: { Message: expect.stringContaining('Could not parse request body into json') },
  });
});

test('members that are null or unknown do not count', async () => {
  const body = '{"RecursiveLoop": "Allow", "Later": 1, "RevisionId": null}';
  expect(await send('PUT', '/2024-08-31/functions/one/recursion-config', body)).toMatchObject({
    status: 200,
    body: { RecursiveLoop: 'Allow' },
  });
});

test('paths of older SDKs end with a slash', async () => {
  expect((await send('GET', '/2015-03-31/functions/')).body.Functions).toHaveLength(2);
});

test('a body above the limit', async () => {
  const { status, type, body } = await send(
    'PUT',
    '/2024-08-31/functions/one/recursion-config',
    ' '.repeat(6_291_457),
  );
  expect([status, type]).toEqual([413, 'RequestEntityTooLargeException']);
  expect(body.message).toBe(
    'Request must be smaller than 6291456 bytes for the PutFunctionRecursionConfig operation',
  );
});

test('name, partial ARN and full ARN mean the same function', async () => {
  const names = ['one', 'function:one', '000000000000:function:one', arnOf('function:one')];
  for (const FunctionName of names) {
    const { Configuration } = await shared.client.send(new GetFunctionCommand({ FunctionName }));
    expect(Configuration?.FunctionArn).toBe(arnOf('function:one'));
  }
});

test('region and account are those of the signature; functions of others are not seen', async () => {
  const elsewhere = new LambdaClient({
    endpoint: shared.app.address,
    region: 'eu-west-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  try {
    expect((await elsewhere.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    const get = new GetFunctionCommand({ FunctionName: 'one' });
    expect(await failureOf(elsewhere.send(get))).toMatchObject({
      message: 'Function not found: arn:aws:lambda:eu-west-1:111122223333:function:one',
    });
    const put = new PutFunctionRecursionConfigCommand({ FunctionName: 'one', RecursiveLoop: 'Allow' });
    expect(await failureOf(elsewhere.send(put))).toMatchObject({ name: 'ResourceNotFoundException' });
  } finally {
    elsewhere.destroy();
  }
});

test('invocations are validated as everything else', async () => {
  const invoke = (FunctionName: string, more: object = {}) =>
    failureOf(shared.client.send(new InvokeCommand({ FunctionName, ...more })));
  expect(await invoke('not a name')).toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(
      /^1 validation error detected: Value 'not a name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: \(arn:/,
    ),
  });
  expect(await invoke('one', { Qualifier: '?', InvocationType: 'Later', LogType: 'Head' })).toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(
      /^3 validation errors detected: (?=.*'qualifier')(?=.*'logType')(?=.*Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: \[DryRun, Event, RequestResponse\])/,
    ),
  });
  expect(await invoke('a'.repeat(65))).toMatchObject({ name: 'ResourceNotFoundException' });
});

test('does not repeat secret values', async () => {
  const create = new CreateFunctionCommand({
    FunctionName: 'secret',
    Role: 'arn:aws:iam::000000000000:role/lambda',
    Runtime: 'python3.13',
    Handler: 'app.handler',
    Code: { ZipFile: Buffer.from('zip') },
    Environment: { Variables: { 'bad-key': 'hidden' } },
  });
  expect(await failureOf(shared.client.send(create))).toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(
      /^1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: \[Member must satisfy regular expression pattern: \[a-zA-Z\]\(\[a-zA-Z0-9_\]\)\+\]$/,
    ),
  });
});
