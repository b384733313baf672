import {
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionRecursionConfigCommand,
  GetFunctionScalingConfigCommand,
  GetRuntimeManagementConfigCommand,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionRecursionConfigCommand,
  PutFunctionScalingConfigCommand,
  PutRuntimeManagementConfigCommand,
} from '@aws-sdk/client-lambda';
import { appWithFunctions, arnOf } from '../../../support/app/lambda-api';
import { sharedApp } from '../../../support/app/shared-app';
import { failureOf } from '../../../support/lib/failure';

const shared = sharedApp(appWithFunctions);

const noFunction = {
  name: 'ResourceNotFoundException',
  message: `Function not found: ${arnOf('function:nobody')}`,
};

test('account settings count code and functions, and subtract what is reserved', async () => {
  const { client } = shared;
  await client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 100 }),
  );
  const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toEqual({
    TotalCodeSize: 80_530_636_800,
    CodeSizeUnzipped: 262_144_000,
    CodeSizeZipped: 52_428_800,
    ConcurrentExecutions: 1_000,
    UnreservedConcurrentExecutions: 900,
  });
  const { Functions = [] } = await client.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
  expect(Functions.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '$LATEST']);
  expect(AccountUsage).toEqual({
    FunctionCount: 2,
    TotalCodeSize: Functions.reduce((sum, { CodeSize = 0 }) => sum + CodeSize, 0),
  });
  expect(AccountUsage?.TotalCodeSize).toBeGreaterThan(0);
});

test('recursion is terminated unless allowed', async () => {
  const get = async (FunctionName: string) =>
    (await shared.client.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop;
  const put = (FunctionName: string, RecursiveLoop: 'Allow' | 'Terminate') =>
    shared.client.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop }));
  expect(await get('one')).toBe('Terminate');
  expect((await put('one', 'Allow')).RecursiveLoop).toBe('Allow');
  expect(await get(arnOf('function:one'))).toBe('Allow');
  expect(await failureOf(get('nobody'))).toMatchObject(noFunction);
  expect(await failureOf(put('nobody', 'Allow'))).toMatchObject(noFunction);
  expect(await failureOf(put('one', 'Sometimes' as 'Allow'))).toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value 'Sometimes' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]",
  });
});

test('runtimes are updated automatically unless configured otherwise, by version', async () => {
  const get = async (FunctionName: string) => {
    const { $metadata: _, ...answer } = await shared.client.send(
      new GetRuntimeManagementConfigCommand({ FunctionName }),
    );
    return answer;
  };
  const put = (
    FunctionName: string,
    more: { UpdateRuntimeOn: 'Auto' | 'Manual'; RuntimeVersionArn?: string },
  ) => shared.client.send(new PutRuntimeManagementConfigCommand({ FunctionName, ...more }));
  const RuntimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`;
  expect(await get('one')).toEqual({ UpdateRuntimeOn: 'Auto', FunctionArn: arnOf('function:one') });
  await put('one:1', { UpdateRuntimeOn: 'Manual', RuntimeVersionArn });
  expect(await get('one:1')).toEqual({
    UpdateRuntimeOn: 'Manual',
    RuntimeVersionArn,
    FunctionArn: arnOf('function:one:1'),
  });
  expect((await get('one')).UpdateRuntimeOn).toBe('Auto');
  const invalid = { name: 'InvalidParameterValueException' };
  expect(await failureOf(put('one', { UpdateRuntimeOn: 'Manual' }))).toMatchObject(invalid);
  expect(await failureOf(put('one', { UpdateRuntimeOn: 'Auto', RuntimeVersionArn }))).toMatchObject(invalid);
  expect(await failureOf(get('nobody'))).toMatchObject(noFunction);
});

test('scaling of a published version is kept', async () => {
  const get = (Qualifier: string) =>
    shared.client.send(new GetFunctionScalingConfigCommand({ FunctionName: 'one', Qualifier }));
  const FunctionScalingConfig = { MinExecutionEnvironments: 1, MaxExecutionEnvironments: 5 };
  const put = (Qualifier: string, config?: typeof FunctionScalingConfig) =>
    shared.client.send(
      new PutFunctionScalingConfigCommand({ FunctionName: 'one', Qualifier, FunctionScalingConfig: config }),
    );
  const { $metadata, FunctionState } = await put('1', FunctionScalingConfig);
  expect([$metadata.httpStatusCode, FunctionState]).toEqual([202, 'Active']);
  expect(await get('1')).toMatchObject({
    FunctionArn: arnOf('function:one:1'),
    AppliedFunctionScalingConfig: FunctionScalingConfig,
    RequestedFunctionScalingConfig: FunctionScalingConfig,
  });
  await put('1');
  expect(await get('1')).not.toHaveProperty('AppliedFunctionScalingConfig');
  expect((await get('$LATEST.PUBLISHED')).FunctionArn).toBe(arnOf('function:one:$LATEST.PUBLISHED'));
  expect(await failureOf(get('7'))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('function:one:7')}`,
  });
});

test('deletes what belongs to a function with it', async () => {
  await shared.client.send(
    new PutFunctionRecursionConfigCommand({ FunctionName: 'other', RecursiveLoop: 'Allow' }),
  );
  await shared.client.send(new DeleteFunctionCommand({ FunctionName: 'other' }));
  const get = new GetFunctionRecursionConfigCommand({ FunctionName: 'other' });
  expect(await failureOf(shared.client.send(get))).toMatchObject({ name: 'ResourceNotFoundException' });
});
