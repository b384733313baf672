import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { jsonRequest, sendToAws } from '../../../src/hosting/outbound/aws-request';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { functionsFolder } from '../../support/functions/functions-folder';
import { failureOf } from '../../support/lib/failure';
import { fakeActs } from '../fake-acts';

let app: RunningApp;
const clients: LambdaClient[] = [];

beforeAll(async () => {
  const engine = new FakeEngine();
  engine.runtime = fakeActs;
  const code = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  app = await RunningApp.start({
    functions: { one: code },
    flags: { auth: 'required', keys: 'AKIDEXAMPLE:secret,111122223333:other' },
    engine,
  });
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.destroy();
  await app?.[Symbol.asyncDispose]();
});

function signedBy(accessKeyId: string, secretAccessKey: string, more: object = {}): LambdaClient {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new LambdaClient({
    endpoint: app.address,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    ...more,
  });
  clients.push(client);
  return client;
}

const get = new GetFunctionCommand({ FunctionName: 'one' });
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:one';

test('accepts requests signed with a key: bodies, paths and queries of every kind', async () => {
  const client = signedBy('AKIDEXAMPLE', 'secret');
  expect((await client.send(get)).Configuration?.FunctionArn).toBe(arn);
  const invoke = new InvokeCommand({ FunctionName: 'one', Qualifier: '$LATEST', Payload: '{"ä":"ö €"}' });
  expect((await client.send(invoke)).Payload?.transformToString()).toBe('{"ä":"ö €"}');
  await client.send(new TagResourceCommand({ Resource: arn, Tags: { 'a b': '1', 'c+d=e': 'ü' } }));
  await client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a b', 'unknown'] }));
  expect((await client.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({ 'c+d=e': 'ü' });
});

test('with a session token too', async () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
  const client = signedBy('', '', { credentials });
  expect((await client.send(get)).Configuration?.FunctionArn).toBe(arn);
});

test('a key of twelve digits is an account here too', async () => {
  expect(await failureOf(signedBy('111122223333', 'other').send(get))).toMatchObject({
    message: 'Function not found: arn:aws:lambda:us-east-1:111122223333:function:one',
  });
});

test('CloudWatch Logs is guarded as the Lambda API is', async () => {
  const request = jsonRequest('logs', 'Logs_20140328.DescribeLogGroups', '1.1', {});
  const send = (secretAccessKey: string, headers: Readonly<Record<string, string>> = {}) =>
    sendToAws(
      {
        address: app.address,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey },
        nowMs: () => Date.now(),
      },
      'us-east-1',
      { ...request, headers: { ...request.headers, ...headers } },
    );
  expect(JSON.parse(await send('secret'))).toMatchObject({
    logGroups: [{ logGroupName: '/aws/lambda/one' }],
  });
  await expect(send('guessed')).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('does not match the signature'),
  });
  await expect(send('secret', { origin: 'http://example.com' })).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('it comes from a web page'),
  });
  const { method, headers, body } = request;
  expect((await fetch(`${app.address}/`, { method, headers, body })).status).toBe(403);
});

test.each<[string, () => Promise<unknown>, object]>([
  [
    'another secret',
    () => signedBy('AKIDEXAMPLE', 'guessed').send(get),
    { name: 'InvalidSignatureException', message: expect.stringContaining('does not match the signature') },
  ],
  [
    'an invocation with another secret',
    () => signedBy('AKIDEXAMPLE', 'guessed').send(new InvokeCommand({ FunctionName: 'one' })),
    { name: 'InvalidSignatureException' },
  ],
  [
    'a key that is not known',
    () => signedBy('AKIDOTHER', 'secret').send(get),
    {
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  ],
  [
    'a clock that is ten minutes behind',
    () => signedBy('AKIDEXAMPLE', 'secret', { systemClockOffset: -600_000 }).send(get),
    {
      name: 'InvalidSignatureException',
      message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is/),
    },
  ],
  [
    'a clock that is ten minutes ahead',
    () => signedBy('AKIDEXAMPLE', 'secret', { systemClockOffset: 600_000 }).send(get),
    { name: 'InvalidSignatureException', message: expect.stringMatching(/^Signature not yet current: /) },
  ],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject({ ...expected, $metadata: { httpStatusCode: 403 } });
});

const path = '/2015-03-31/functions/one';

async function send(headers: Record<string, string>, body?: string) {
  const answer = await fetch(`${app.address}${path}${body === undefined ? '' : '/invocations'}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body !== undefined && { body }),
  });
  return [answer.status, answer.headers.get('x-amzn-errortype'), await answer.json()];
}

test('refuses requests without a signature, or with half of one', async () => {
  expect(await send({})).toEqual([
    403,
    'MissingAuthenticationTokenException',
    { message: 'Missing Authentication Token' },
  ]);
  expect((await send({ Authorization: 'Bearer token' })).slice(0, 2)).toEqual([
    403,
    'IncompleteSignatureException',
  ]);
});

test('refuses a body that was changed on its way', async () => {
  const client = signedBy('AKIDEXAMPLE', 'secret');
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { body?: unknown } };
      // Of the same length, which the request declares.
      request.body = '{"Tags":{"a":"2"}}';
      return next(args);
    },
    // Behind the signer.
    { step: 'finalizeRequest', priority: 'low' },
  );
  const tag = new TagResourceCommand({ Resource: arn, Tags: { a: '1' } });
  expect(await failureOf(client.send(tag))).toMatchObject({ name: 'InvalidSignatureException' });
});

test('functions get a secret of their own, with which they can call', async () => {
  const whoami = new InvokeCommand({ FunctionName: 'one', Payload: '{"act":"credentials"}' });
  const answer = await signedBy('AKIDEXAMPLE', 'secret').send(whoami);
  const { id, secret } = JSON.parse(answer.Payload?.transformToString() ?? '');
  expect([id, secret]).toEqual([
    expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    expect.stringMatching(/^.{40}$/),
  ]);
  expect((await signedBy(id, secret).send(get)).Configuration?.FunctionArn).toBe(arn);
});

test('operator requests need a signature too, except health and code by its address', async () => {
  const statusOf = async (url: string, method = 'GET') => (await fetch(url, { method })).status;
  const operator = `${app.address}/_lambdock`;
  expect(await statusOf(`${operator}/health`)).toBe(200);
  const { Code } = await signedBy('AKIDEXAMPLE', 'secret').send(get);
  expect(await statusOf(Code?.Location ?? '')).toBe(200);
  const others = ['functions', 'environments', 'logs', 'health/more', 'code'];
  for (const path of others) expect([path, await statusOf(`${operator}/${path}`)]).toEqual([path, 403]);
  expect(await statusOf(`${operator}/functions/one/retire`, 'POST')).toBe(403);
});

describe('the command line', () => {
  const keys = ['--keys', 'AKIDEXAMPLE:secret'];
  const run = (words: readonly string[], environment = {}) =>
    runCommand([...words, '--endpoint', app.address], { environment });

  test.each([
    [
      'invoke',
      ['invoke', 'one', '-p', '{"a":"ö €"}', '-q', '$LATEST', '-t', '-c', '{}'],
      /^\{"a":"ö €"\}\n$/,
    ],
    ['an invocation by ARN', ['invoke', arn, '-p', '{}'], /^\{\}\n$/],
    ['one that is not waited for', ['invoke', 'one', '--async'], /^$/],
    ['list', ['list'], /^one .* ready$/m],
    ['ps', ['ps'], /^[\w-]+ +one +\$LATEST /m],
    ['logs', ['logs', 'one', '-n', '1000'], / REPORT RequestId: /],
    ['config', ['config', 'one', '--memory', '256'], /^Memory +256 MB$/m],
    ['retire', ['retire', 'one', '--json'], /^\{"retired":\d+\}\n$/],
    [
      'deploy',
      ['deploy', functionsFolder('python'), '--name', 'two', '--handler', 'acts.handler'],
      /:two is active/,
    ],
  ])('signs %s', async (_what, words, expected) => {
    const ended = await run([...words, ...keys]);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(expected) });
  });

  test("has the shell's key, the variable's and the template's", async () => {
    const shell = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const template = join(app.folder, 'caller.yaml');
    await writeFile(template, 'auth: required\nkeys: AKIDEXAMPLE:secret\n');
    const all = [
      await run(['list'], shell),
      await run(['list'], { LAMBDOCK_KEYS: 'AKIDEXAMPLE:secret' }),
      // A key for the real AWS is not a key of lambdock.
      await run(['list', '--template', template], { ...shell, AWS_ACCESS_KEY_ID: 'AKIAREAL' }),
    ];
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  test('is refused in the words of the API, with the next step', async () => {
    const next = /Sign with one of lambdock's keys: .+ or pass --keys ID:SECRET\.\n$/;
    const unsigned = await run(['invoke', 'one']);
    expect(unsigned.code).toBe(1);
    expect(unsigned.stderr).toMatch(/^lambdock: MissingAuthenticationTokenException: /);
    expect(unsigned.stderr).toMatch(next);
    const unknown = await run(['ps', '--keys', 'AKIDOTHER:secret']);
    expect(unknown.stderr).toMatch(/^lambdock: UnrecognizedClientException: /);
    expect(unknown.stderr).toMatch(next);
    const guessed = await run(['list', '--keys', 'AKIDEXAMPLE:guessed']);
    expect(guessed.stderr).toMatch(
      /^lambdock: InvalidSignatureException: .+ Check your AWS Secret Access Key/,
    );
  });
});
