import {
  CreateAliasCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishLayerVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { Deployer } from '../../support/deployer';
import { RunningApp } from '../../support/running-app';
import { zipOf } from '../../support/zips';

jest.setTimeout(180_000);

let app: RunningApp;
let deployer: Deployer;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  deployer = new Deployer(app.client);
});

afterAll(() => app?.[Symbol.asyncDispose]());

const python = (body: string) => `import json, os\n\ndef handler(event, context):\n    ${body}\n`;

test('what is deployed runs in sandboxes: versions with their own code and layers, aliases, an update', async () => {
  const layer = async (text: string) =>
    app.client.send(
      new PublishLayerVersionCommand({
        LayerName: 'words',
        Content: { ZipFile: await zipOf({ 'python/words.py': `text = '${text}'` }) },
      }),
    );
  const [first] = [await layer('from the layer')];
  const says = (text: string) =>
    python(`import words; return ['${text}', words.text, context.function_version]`);
  await deployer.create('layered', says('one'), { Layers: [first.LayerVersionArn ?? ''] });
  await deployer.publish('layered');
  await deployer.update('layered', says('two'));
  await app.client.send(
    new CreateAliasCommand({ FunctionName: 'layered', Name: 'live', FunctionVersion: '1' }),
  );
  expect(await app.invoke('layered')).toMatchObject({
    payload: ['two', 'from the layer', '$LATEST'],
    executedVersion: '$LATEST',
  });
  expect(await app.invoke('layered:live')).toMatchObject({
    payload: ['one', 'from the layer', '1'],
    executedVersion: '1',
  });
});

test('a function invokes another one with an SDK as it is', async () => {
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
