import {
  CreateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionUrlConfigsCommand,
  UpdateFunctionUrlConfigCommand,
  type UpdateFunctionUrlConfigCommandInput,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../support/app/lambda-api';
import { sharedApp } from '../../support/app/shared-app';
import { failureOf } from '../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const create = (FunctionName: string, more: Partial<CreateFunctionUrlConfigCommandInput> = {}) =>
  shared.client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', ...more }));
const get = (FunctionName: string, more: { Qualifier?: string } = {}) =>
  shared.client.send(new GetFunctionUrlConfigCommand({ FunctionName, ...more }));
const update = (FunctionName: string, more: Partial<UpdateFunctionUrlConfigCommandInput> = {}) =>
  shared.client.send(new UpdateFunctionUrlConfigCommand({ FunctionName, ...more }));
const remove = (FunctionName: string) =>
  shared.client.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
const list = (FunctionName: string, more: object = {}) =>
  shared.client.send(new ListFunctionUrlConfigsCommand({ FunctionName, ...more }));

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const noResource = {
  name: 'ResourceNotFoundException',
  message: 'The resource you requested does not exist.',
};
const noFunction = { name: 'ResourceNotFoundException', message: 'Function does not exist' };

test('a URL is made, shown, changed and deleted', async () => {
  const { $metadata, ...created } = await create('other');
  expect($metadata.httpStatusCode).toBe(201);
  const { port } = new URL(shared.app.address);
  expect(created).toEqual({
    AuthType: 'NONE',
    CreationTime: time,
    FunctionArn: arnOf('function:other'),
    FunctionUrl: expect.stringMatching(
      new RegExp(`^http://[a-z0-9]{32}\\.lambda-url\\.us-east-1\\.localhost:${port}/$`),
    ),
  });
  const { $metadata: _, ...shown } = await get('other');
  expect(shown).toEqual({ ...created, InvokeMode: 'BUFFERED', LastModifiedTime: time });
  const Cors = { AllowOrigins: ['https://example.com'], AllowMethods: ['GET'], MaxAge: 60 };
  const { $metadata: __, ...changed } = await update('other', { AuthType: 'AWS_IAM', Cors });
  expect(changed).toEqual({
    ...created,
    AuthType: 'AWS_IAM',
    Cors,
    InvokeMode: 'BUFFERED',
    LastModifiedTime: time,
  });
  const streaming = await update('other', { InvokeMode: 'RESPONSE_STREAM' });
  expect(streaming).toMatchObject({ AuthType: 'AWS_IAM', Cors, InvokeMode: 'RESPONSE_STREAM' });
  expect(await failureOf(create('other'))).toMatchObject({
    name: 'ResourceConflictException',
    message: `Failed to create function url config for [functionArn = ${arnOf('function:other')}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
  });
  expect((await remove('other')).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(get('other'))).toMatchObject(noResource);
});

test('an alias has its own; they are listed by page', async () => {
  expect((await list('one')).FunctionUrlConfigs).toEqual([]);
  const own = await create('one');
  const alias = await create('one', { Qualifier: 'live', InvokeMode: 'BUFFERED' });
  expect(alias).toMatchObject({ FunctionArn: arnOf('function:one:live'), InvokeMode: 'BUFFERED' });
  expect(alias.FunctionUrl).not.toBe(own.FunctionUrl);
  const first = await list('one', { MaxItems: 1 });
  const second = await list('one', { MaxItems: 1, Marker: first.NextMarker });
  const urls = [first, second].flatMap(({ FunctionUrlConfigs = [] }) => FunctionUrlConfigs);
  expect(urls.map(({ FunctionArn }) => FunctionArn)).toEqual([own.FunctionArn, alias.FunctionArn]);
  expect(second.NextMarker).toBeUndefined();
});

const qualifierPattern = (value: string) => ({
  name: 'ValidationException',
  message: `1 validation error detected: Value '${value}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)`,
});

test.each<[string, () => Promise<unknown>, object]>([
  ['a function that is not there', () => create('nobody'), noFunction],
  ['an alias that is not there', () => create('one', { Qualifier: 'nowhere' }), noFunction],
  ['a version', () => create('one', { Qualifier: '1' }), qualifierPattern('1')],
  ['$LATEST', () => get('one', { Qualifier: '$LATEST' }), qualifierPattern('$LATEST')],
  ['to show one of a function that is not there', () => get('nobody'), noResource],
  ['to change one of a function that is not there', () => update('nobody', { AuthType: 'NONE' }), noFunction],
  ['to change what is not there', () => update('other', { AuthType: 'NONE' }), noResource],
  ['to delete what is not there', () => remove('other'), noResource],
  ['to list those of a function that is not there', () => list('nobody'), noFunction],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject(expected);
});
