import {
  CreateAliasCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishLayerVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { Deployer } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';

jest.setTimeout(180_000);

let app: RunningApp;
let deployer: Deployer;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  deployer = new Deployer(app.client);
});

afterAll(() => app?.[Symbol.asyncDispose]());

const python = (body: string) => `import json, os\n\ndef handler(event, context):\n    ${body}\n`;

test('what is deployed runs in sandboxes: versions with their own code, layers and settings', async () => {
  const layer = async (text: string) =>
    app.client.send(
      new PublishLayerVersionCommand({
        LayerName: 'words',
        Content: { ZipFile: await zipOf({ 'python/words.py': `text = '${text}'` }) },
      }),
    );
  const [first, second] = [await layer('first layer'), await layer('second layer')];
  const says = (text: string) =>
    python(
      `import words; return ['${text}', words.text, os.environ['STAGE'], context.memory_limit_in_mb, context.function_version]`,
    );
  const settings = (arn = '', STAGE = '', MemorySize = 0) => ({
    Layers: [arn],
    Environment: { Variables: { STAGE } },
    MemorySize,
  });
  await deployer.create('layered', says('one'), settings(first.LayerVersionArn, 'dev', 512));
  await deployer.publish('layered');
  await app.client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'layered',
      ...settings(second.LayerVersionArn, 'live', 640),
    }),
  );
  await deployer.updated('layered');
  await deployer.update('layered', says('two'));
  await app.client.send(
    new CreateAliasCommand({ FunctionName: 'layered', Name: 'live', FunctionVersion: '1' }),
  );
  expect(await app.invoke('layered')).toMatchObject({
    payload: ['two', 'second layer', 'live', '640', '$LATEST'],
    executedVersion: '$LATEST',
  });
  expect(await app.invoke('layered', {}, { Qualifier: 'live' })).toMatchObject({
    payload: ['one', 'first layer', 'dev', '512', '1'],
    executedVersion: '1',
  });
  const { stdout } = await runCommand(['ps', '--endpoint', app.address]);
  expect(stdout).toMatch(/^\w+ +layered +\$LATEST +ready .+\/640 MB/m);
  expect(stdout).toMatch(/^\w+ +layered +1 +ready .+\/512 MB/m);
});

test('an update makes new environments while a running invocation ends on the old code, and an alias moves at once', async () => {
  const more = { Timeout: 20, MemorySize: 512 };
  const waits = python(`import time; print('begun'); time.sleep(event.get('wait', 0)); return 'old'`);
  await deployer.create('rolling', waits, more);
  await deployer.publish('rolling');
  const live = { FunctionName: 'rolling', Name: 'live' };
  await app.client.send(new CreateAliasCommand({ ...live, FunctionVersion: '1' }));
  const running = [app.invoke('rolling', { wait: 4 }), app.invoke('rolling:live', { wait: 4 })];
  await app.prints(/rolling \| begun(?:.|\n)*rolling \| begun/);
  await deployer.update('rolling', python(`return 'new'`));
  expect((await app.invoke('rolling')).payload).toBe('new');
  await app.client.send(
    new UpdateAliasCommand({ ...live, FunctionVersion: await deployer.publish('rolling') }),
  );
  expect(await app.invoke('rolling:live')).toMatchObject({ payload: 'new', executedVersion: '2' });
  expect((await Promise.all(running)).map(({ payload }) => payload)).toEqual(['old', 'old']);
});

test('a burst makes environments up to the reserved concurrency; the rest is throttled', async () => {
  await deployer.create('burst', python(`import time; time.sleep(2); return context.log_stream_name`), {
    Timeout: 20,
    MemorySize: 512,
  });
  await app.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'burst', ReservedConcurrentExecutions: 2 }),
  );
  const calls = await Promise.allSettled(Array.from({ length: 4 }, () => app.invoke('burst')));
  const streams = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value.payload] : []));
  expect(new Set(streams).size).toBe(2);
  expect(calls.filter(({ status }) => status === 'rejected')).toMatchObject(
    Array(2).fill({
      reason: {
        name: 'TooManyRequestsException',
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      },
    }),
  );
  expect(await app.environments('burst')).toHaveLength(2);
});

test('a function invokes another one with an unmodified SDK', async () => {
  await deployer.create('callee', python(`return {'got': event}`));
  const call = `boto3.client('lambda').invoke(FunctionName='callee', Payload=json.dumps(event))`;
  const more = { Timeout: 60, MemorySize: 1_769 };
  await deployer.create('caller', python(`import boto3; return json.load(${call}['Payload'])`), more);
  expect((await app.invoke('caller', { a: [1, 2] })).payload).toEqual({ got: { a: [1, 2] } });
});

test('provisioned environments are initialised before the first call', async () => {
  await deployer.create('ahead', python(`return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']`), {
    MemorySize: 512,
  });
  await deployer.publish('ahead');
  const version = { FunctionName: 'ahead', Qualifier: '1' };
  await app.client.send(
    new PutProvisionedConcurrencyConfigCommand({ ...version, ProvisionedConcurrentExecutions: 2 }),
  );
  for (let status: string | undefined = 'IN_PROGRESS'; status !== 'READY'; ) {
    const config = await app.client.send(new GetProvisionedConcurrencyConfigCommand(version));
    status = config.Status;
    expect(status).not.toBe('FAILED');
  }
  const environments = await app.environments('ahead');
  expect(environments.map(({ state, invocations }) => [state, invocations])).toEqual([
    ['ready', 0],
    ['ready', 0],
  ]);
  const { payload, log } = await app.invoke('ahead:1', {}, { tail: true });
  expect(payload).toBe('provisioned-concurrency');
  expect(log.at(-1)).toContain('Init Duration');
});
