import {
  CreateCodeSigningConfigCommand,
  DeleteCodeSigningConfigCommand,
  DeleteFunctionCodeSigningConfigCommand,
  GetCodeSigningConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionsByCodeSigningConfigCommand,
  PutFunctionCodeSigningConfigCommand,
  UpdateCodeSigningConfigCommand,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../../support/app/lambda-api';
import { sharedApp } from '../../../support/app/shared-app';
import { Deployer } from '../../../support/functions/deployer';
import { failureOf } from '../../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const AllowedPublishers = {
  SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/test'],
};
const unknown = arnOf('code-signing-config:csc-01234567890123456');

const create = (more: object = {}) =>
  shared.client.send(new CreateCodeSigningConfigCommand({ AllowedPublishers, ...more }));
const get = (CodeSigningConfigArn = '') =>
  shared.client.send(new GetCodeSigningConfigCommand({ CodeSigningConfigArn }));
const remove = (CodeSigningConfigArn = '') =>
  shared.client.send(new DeleteCodeSigningConfigCommand({ CodeSigningConfigArn }));
const update = (CodeSigningConfigArn = '', more: object = {}) =>
  shared.client.send(new UpdateCodeSigningConfigCommand({ CodeSigningConfigArn, ...more }));
const users = (CodeSigningConfigArn = '') =>
  shared.client.send(new ListFunctionsByCodeSigningConfigCommand({ CodeSigningConfigArn }));
const use = (FunctionName: string, CodeSigningConfigArn = '') =>
  shared.client.send(new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn }));
const used = async (FunctionName: string) => {
  const { $metadata: _, ...answer } = await shared.client.send(
    new GetFunctionCodeSigningConfigCommand({ FunctionName }),
  );
  return answer;
};
const stopUsing = (FunctionName: string) =>
  shared.client.send(new DeleteFunctionCodeSigningConfigCommand({ FunctionName }));

test('a configuration is made, used, changed and deleted', async () => {
  const { $metadata, CodeSigningConfig: made } = await create({
    Description: 'first',
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
  });
  expect($metadata.httpStatusCode).toBe(201);
  expect(made).toEqual({
    CodeSigningConfigId: expect.stringMatching(/^csc-[a-z0-9]{17}$/),
    CodeSigningConfigArn: arnOf(`code-signing-config:${made?.CodeSigningConfigId}`),
    Description: 'first',
    AllowedPublishers,
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
    LastModified: expect.any(String),
  });
  const arn = made?.CodeSigningConfigArn;
  const { CodeSigningConfig: changed } = await update(arn, {
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
  });
  expect(changed).toMatchObject({
    Description: 'first',
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
  });
  expect((await get(arn)).CodeSigningConfig).toEqual(changed);

  expect(await used('one')).toEqual({});
  expect((await users(arn)).FunctionArns).toEqual([]);
  expect(await use('one', arn)).toMatchObject({ FunctionName: 'one', CodeSigningConfigArn: arn });
  expect(await used('one')).toEqual({ FunctionName: 'one', CodeSigningConfigArn: arn });
  expect((await users(arn)).FunctionArns).toEqual([arnOf('function:one')]);
  expect(await failureOf(remove(arn))).toMatchObject({ name: 'ResourceConflictException' });
  expect((await stopUsing('one')).$metadata.httpStatusCode).toBe(204);
  expect((await remove(arn)).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(get(arn))).toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a function can be created with a configuration that exists', async () => {
  const arn = (await create()).CodeSigningConfig?.CodeSigningConfigArn ?? '';
  const deployer = new Deployer(shared.client);
  await deployer.create('signed', 'x', { CodeSigningConfigArn: arn });
  expect(await used('signed')).toEqual({ FunctionName: 'signed', CodeSigningConfigArn: arn });
  await stopUsing('signed');
  await remove(arn);
  expect(await failureOf(deployer.create('unsigned', 'x', { CodeSigningConfigArn: arn }))).toMatchObject({
    name: 'CodeSigningConfigNotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});

test('without a policy it warns; all are listed by page', async () => {
  const made = await Promise.all([create(), create(), create()]);
  expect(made[0]?.CodeSigningConfig?.CodeSigningPolicies).toEqual({ UntrustedArtifactOnDeployment: 'Warn' });
  const arns: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await shared.client.send(new ListCodeSigningConfigsCommand({ MaxItems: 2, Marker }));
    arns.push(...(page.CodeSigningConfigs ?? []).map((each) => each.CodeSigningConfigArn));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(arns.sort()).toEqual(made.map((each) => each.CodeSigningConfig?.CodeSigningConfigArn).sort());
});

const noConfig = {
  name: 'ResourceNotFoundException',
  message: `The Lambda code signing configuration ${unknown} can not be found.`,
};
const noFunction = {
  name: 'ResourceNotFoundException',
  message: `Function not found: ${arnOf('function:nobody')}`,
};

test.each<[string, () => Promise<unknown>, object]>([
  ['to show what is not there', () => get(unknown), noConfig],
  ['to change what is not there', () => update(unknown), noConfig],
  ['to delete what is not there', () => remove(unknown), noConfig],
  ['to list the users of what is not there', () => users(unknown), noConfig],
  [
    'to use a missing configuration',
    () => use('nobody', unknown),
    {
      name: 'CodeSigningConfigNotFoundException',
      message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${unknown}.`,
    },
  ],
  ['a function that is not there', () => used('nobody'), noFunction],
  ['to take it from a function that is not there', () => stopUsing('nobody'), noFunction],
  [
    'no publisher',
    () => create({ AllowedPublishers: { SigningProfileVersionArns: [] } }),
    {
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '[]' at 'allowedPublishers.signingProfileVersionArns' failed to satisfy constraint: Member must have length greater than or equal to 1",
    },
  ],
])('refuses %s', async (_what, attempt, expected) => {
  expect(await failureOf(attempt())).toMatchObject(expected);
});
