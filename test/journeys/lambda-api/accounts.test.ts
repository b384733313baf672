import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand,
} from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { arnOf } from '../../support/functions/deployer';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(() => emptyApp());
const stranger = '111122223333';
let theirs: LambdaClient;

beforeAll(() => {
  theirs = new LambdaClient({
    endpoint: shared.app.address,
    region: 'us-east-1',
    credentials: { accessKeyId: stranger, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
afterAll(() => theirs.destroy());

const allow = (FunctionName: string, Action: string, more: object = {}) =>
  shared.client.send(
    new AddPermissionCommand({
      FunctionName,
      Action,
      Principal: stranger,
      StatementId: Action.replaceAll(/\W/g, '-'),
      ...more,
    }),
  );
const invoke = (FunctionName: string) =>
  theirs.send(new InvokeCommand({ FunctionName })).then(({ Payload }) => Payload?.transformToString());
const denied = (action: string, resource: string) => ({
  name: 'AccessDeniedException',
  $metadata: { httpStatusCode: 403 },
  message: `User: arn:aws:iam::${stranger}:root is not authorized to perform: lambda:${action} on resource: ${resource} because no resource-based policy allows the lambda:${action} action`,
});

test('another account is refused until a permission names it', async () => {
  await shared.deployer.create('shared', 'hello');
  const arn = arnOf('shared');
  const get = new GetFunctionCommand({ FunctionName: arn });
  expect(await failureOf(invoke(arn))).toMatchObject(denied('InvokeFunction', arn));
  expect(await failureOf(theirs.send(get))).toMatchObject(denied('GetFunction', arn));
  await allow('shared', 'lambda:InvokeFunction');
  expect(await invoke(arn)).toBe('"hello"');
  expect(await failureOf(theirs.send(get))).toMatchObject(denied('GetFunction', arn));
  expect(await failureOf(invoke('shared'))).toMatchObject({ name: 'ResourceNotFoundException' });
});

test('lambda:* allows every operation that can be shared', async () => {
  await shared.deployer.create('open', 'hello');
  const arn = arnOf('open');
  await allow('open', 'lambda:*');
  const { Configuration } = await theirs.send(new GetFunctionCommand({ FunctionName: arn }));
  expect(Configuration?.FunctionArn).toBe(arn);
  await theirs.send(new TagResourceCommand({ Resource: arn, Tags: { by: 'them' } }));
  expect((await shared.client.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({ by: 'them' });
  expect(await invoke(arn)).toBe('"hello"');
  const permission = { FunctionName: arn, StatementId: 's', Principal: '*', Action: 'lambda:*' };
  expect(await failureOf(theirs.send(new AddPermissionCommand(permission)))).toMatchObject({
    name: 'AccessDeniedException',
  });
});

test('a URL with AWS_IAM is for the accounts that a permission names', async () => {
  await shared.deployer.create('addressed', 'hello');
  const url = new CreateFunctionUrlConfigCommand({ FunctionName: 'addressed', AuthType: 'AWS_IAM' });
  await shared.client.send(url);
  const ask = async (account: string) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0`;
    const answer = await fetch(`${shared.app.address}/_lambdock/urls/addressed/`, {
      headers: { authorization },
    });
    return answer.status;
  };
  expect(await ask('000000000000')).toBe(200);
  expect(await ask(stranger)).toBe(403);
  await allow('addressed', 'lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'AWS_IAM' });
  expect(await ask(stranger)).toBe(200);
});

test('a permission for an alias is for that alone', async () => {
  await shared.deployer.create('aliased', 'hello');
  const FunctionVersion = await shared.deployer.publish('aliased');
  await shared.client.send(
    new CreateAliasCommand({ FunctionName: 'aliased', Name: 'live', FunctionVersion }),
  );
  await allow('aliased', 'lambda:InvokeFunction', { Qualifier: 'live' });
  expect(await invoke(`${arnOf('aliased')}:live`)).toBe('"hello"');
  expect(await failureOf(invoke(arnOf('aliased')))).toMatchObject(denied('InvokeFunction', arnOf('aliased')));
});

test('a permission for requests of a service is not one for an account', async () => {
  await shared.deployer.create('sourced', 'hello');
  await allow('sourced', 'lambda:InvokeFunction', { SourceAccount: stranger });
  expect(await failureOf(invoke(arnOf('sourced')))).toMatchObject({ name: 'AccessDeniedException' });
});
