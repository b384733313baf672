import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  ListFunctionUrlConfigsCommand,
} from '@aws-sdk/client-lambda';
import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const FunctionName = 'Hello';

/** A template with one function that has these properties beside what it must have. */
const templateOf = (properties: object) =>
  JSON.stringify({
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Hello: {
        Type: 'AWS::Serverless::Function',
        Properties: { Runtime: 'python3.13', Handler: 'app.handler', CodeUri: 'code', ...properties },
      },
    },
  });

async function started(folder: string, properties: object): Promise<RunningApp> {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((_event, { process }) => process.environment.AWS_LAMBDA_FUNCTION_VERSION);
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code', 'app.py'), 'first');
  const template = join(folder, 'template.json');
  await writeFile(template, templateOf(properties));
  return RunningApp.start({ engine, functions: {}, flags: { template } });
}

test('has tags, reserved concurrency and a URL', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path, {
    Tags: { team: 'shop', part: 'front' },
    ReservedConcurrentExecutions: 7,
    FunctionUrlConfig: {
      AuthType: 'AWS_IAM',
      InvokeMode: 'RESPONSE_STREAM',
      Cors: { AllowOrigins: ['*'], MaxAge: 5 },
    },
  });
  expect(await app.client.send(new GetFunctionCommand({ FunctionName }))).toMatchObject({
    Tags: { team: 'shop', part: 'front' },
    Concurrency: { ReservedConcurrentExecutions: 7 },
  });
  expect(await app.client.send(new GetFunctionUrlConfigCommand({ FunctionName }))).toMatchObject({
    AuthType: 'AWS_IAM',
    InvokeMode: 'RESPONSE_STREAM',
    Cors: { AllowOrigins: ['*'], MaxAge: 5 },
  });
});

test('an alias moves to a new version when the code changes, with the URL and what is provisioned', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path, {
    AutoPublishAlias: 'live',
    ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
    FunctionUrlConfig: { AuthType: 'NONE' },
  });
  const alias = () => app.client.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
  expect(await alias()).toMatchObject({ FunctionVersion: '1' });
  const provisioned = new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: 'live' });
  expect(await app.client.send(provisioned)).toMatchObject({ RequestedProvisionedConcurrentExecutions: 1 });
  const { FunctionUrlConfigs } = await app.client.send(new ListFunctionUrlConfigsCommand({ FunctionName }));
  expect(FunctionUrlConfigs).toMatchObject([
    { FunctionArn: expect.stringMatching(/:live$/), AuthType: 'NONE' },
  ]);
  expect((await app.invoke(FunctionName, undefined, { Qualifier: 'live' })).payload).toBe('1');
  expect(app.output).toMatch(/lambdock \| Hello: live is version 1 now/);
  app.foresee(/is ready|live is version 2 now/);
  await writeFile(join(folder.path, 'code', 'app.py'), 'second');
  await app.prints(/live is version 2 now/);
  expect((await app.invoke(FunctionName, undefined, { Qualifier: 'live' })).payload).toBe('2');
});

test('reports what is not available, and hosts the function', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder.path, { ReservedConcurrentExecutions: 1_000 });
  expect(app.output).toMatch(
    /lambdock \| Hello does not have its reserved concurrency: Specified ReservedConcurrentExecutions/,
  );
  expect((await app.invoke(FunctionName)).payload).toBe('$LATEST');
});
