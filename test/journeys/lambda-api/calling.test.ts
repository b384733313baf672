import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { Deployer } from '../../support/functions/deployer';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(180_000);

const account = '111122223333';
let app: RunningApp;
let away: LambdaClient;

beforeAll(async () => {
  app = await RunningApp.start({
    functions: {
      node: {
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        code: functionsFolder('calling'),
        layers: [functionsFolder(join('layers', 'aws-sdk'))],
        memorySize: 1_024,
        timeout: 60,
      },
    },
    flags: { auth: 'required', keys: `test:test,${account}:secret` },
    keepStore: true,
  });
  const credentials = { accessKeyId: account, secretAccessKey: 'secret' };
  away = new LambdaClient({ endpoint: app.address, region: 'eu-west-1', credentials, maxAttempts: 1 });
  await new Deployer(app.client).create(
    'callee',
    `def handler(event, context):\n    return ['home', event]\n`,
  );
});

afterAll(async () => {
  away?.destroy();
  await app?.[Symbol.asyncDispose]();
});

const roomy = { Timeout: 60, MemorySize: 1_769 };

const python = (body: string) => `import boto3, json, urllib.request

client = boto3.client('lambda')

def handler(event, context):
    ${body}
`;

const calling = python(
  `return json.load(client.invoke(FunctionName='callee', Payload=json.dumps(event))['Payload'])`,
);

test("AWS's SDK for JavaScript, from a layer, signs what is taken where signatures are required", async () => {
  expect((await app.invoke('node', { callee: 'callee', event: { a: 1 } })).payload).toEqual({
    answer: ['home', { a: 1 }],
    version: '$LATEST',
  });
});

test('so does boto3, which finds what the function itself is made of as well', async () => {
  const deployer = new Deployer(app.client);
  await deployer.create('caller', calling, roomy);
  expect((await app.invoke('caller', [2])).payload).toEqual(['home', [2]]);
  const looking = python(
    `return urllib.request.urlopen(client.get_function(FunctionName='callee')['Code']['Location']).read(2).decode()`,
  );
  await deployer.create('looking', looking, roomy);
  expect((await app.invoke('looking')).payload).toBe('PK');
});

test('boto3 with another region finds none of the functions of this one', async () => {
  const elsewhere = `import boto3

client = boto3.client('lambda', region_name='eu-west-1')

def handler(event, context):
    try:
        client.invoke(FunctionName='node')
    except client.exceptions.ClientError as error:
        return error.response['Error']['Code']
`;
  await new Deployer(app.client).create('elsewhere', elsewhere, roomy);
  expect((await app.invoke('elsewhere')).payload).toBe('ResourceNotFoundException');
});

test('a function calls those of its own account and region', async () => {
  const deployer = new Deployer(away);
  const role = { Role: `arn:aws:iam::${account}:role/lambda` };
  await deployer.create('callee', `def handler(event, context):\n    return ['away', event]\n`, role);
  await deployer.create('caller', calling, { ...role, ...roomy });
  const { Payload } = await away.send(new InvokeCommand({ FunctionName: 'caller', Payload: '[3]' }));
  expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual(['away', [3]]);
});
