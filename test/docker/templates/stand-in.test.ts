import { readdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CreateFunctionCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { RunningApp, sharedFolder } from '../../support/app/running-app';
import { runtimeImage } from '../../support/engine/runtime-image';
import { role } from '../../support/functions/deployer';
import { functionsFolder } from '../../support/functions/functions-folder';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

let moto: StartedTestContainer | undefined;
let port: number;

const code = { runtime: 'python3.13', handler: 'app.handler', code: functionsFolder('stand-in/code') };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

/** The `python` folder of moto's layer, which lambdock builds and keeps. */
async function installMoto(): Promise<string> {
  const functions = { builds: { ...code, layers: [functionsFolder('stand-in/moto')] } };
  await using _ = await RunningApp.start({ keepStore: true, settings: { spares: 0 }, functions });
  const layers = join(sharedFolder(), 'store', 'layers');
  for (const name of await readdir(layers)) {
    const python = join(layers, name, 'python');
    if ((await readdir(python).catch((): string[] => [])).includes('moto')) return python;
  }
  throw new Error(`moto is in no layer of ${layers}`);
}

beforeAll(async () => {
  const python = await installMoto();
  port = await freePort();
  // It listens at this machine's loopback alone, which no sandbox reaches by itself.
  moto = await new GenericContainer(await runtimeImage('python3.13'))
    .withEntrypoint(['/var/lang/bin/python3.13'])
    .withCommand(['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)])
    .withNetworkMode('host')
    .withUser('993:990')
    .withEnvironment({ PYTHONPATH: '/moto', HOME: '/tmp' })
    .withBindMounts([{ source: python, target: '/moto', mode: 'ro' }])
    .withWaitStrategy(Wait.forLogMessage(/Running on/))
    .start();
});

afterAll(async () => {
  await moto?.stop();
});

test("functions and lambdock use a stand-in that listens on this machine's loopback", async () => {
  const zip = await zipOf({ 'app.py': 'def handler(*_): return "from the bucket"' });
  await using app = await RunningApp.start({
    settings: { spares: 0, aws: { endpoint: `http://localhost:${port}` } },
    functions: { uses: { ...code, memorySize: 1_769, timeout: 60 } },
  });
  const { payload, functionError } = await app.invoke('uses', { zip: zip.toString('base64') });
  expect({ payload, functionError }).toEqual({
    payload: { size: zip.length, queue: 'jobs', lambda: 'http://127.0.0.1:9001', functions: ['uses'] },
    functionError: undefined,
  });
  const FunctionName = 'fetched';
  await app.client.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Runtime: 'python3.13',
      Handler: 'app.handler',
      Code: { S3Bucket: 'bucket', S3Key: 'code.zip' },
    }),
  );
  await waitUntilFunctionActiveV2({ client: app.client, maxWaitTime: 60, minDelay: 0.1 }, { FunctionName });
  expect((await app.invoke(FunctionName)).payload).toBe('from the bucket');
});

test('a variable of the function itself wins', async () => {
  const print = { runtime: 'python3.13', handler: 'app.handler', code: functionsFolder('stand-in/print') };
  await using app = await RunningApp.start({
    settings: { spares: 0, aws: { endpoint: `http://localhost:${port}` } },
    functions: { print: { ...print, environment: { AWS_ENDPOINT_URL: 'http://elsewhere:1' } } },
  });
  expect((await app.invoke('print')).payload).toBe('http://elsewhere:1');
});

const asks = {
  python: `
import json, os, urllib.request
def ask(port, path):
    headers = {"X-Aws-Parameters-Secrets-Token": os.environ["AWS_SESSION_TOKEN"]}
    try:
        return urllib.request.urlopen(urllib.request.Request(f"http://localhost:{port}{path}", headers=headers)).read()
    except urllib.error.HTTPError as error:
        print(error.read().decode())
        return json.dumps(error.code)
def handler(event, context):
    return [json.loads(ask(port, path)) for port, path in event]
`,
  node: `
exports.handler = (event) => Promise.all(event.map(async ([port, path]) => {
  const headers = { 'X-Aws-Parameters-Secrets-Token': process.env.AWS_SESSION_TOKEN };
  const answer = await fetch(\`http://localhost:\${port}\${path}\`, { headers });
  if (answer.ok) return answer.json();
  console.log(await answer.text());
  return answer.status;
}));
`,
};

test('the extension for parameters and secrets asks the stand-in', async () => {
  const call = async (target: string, content: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
        authorization: `AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/${target.startsWith('secrets') ? 'secretsmanager' : 'ssm'}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(content),
    });
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 200 });
  };
  await call('AmazonSSM.PutParameter', { Name: '/shop/level', Value: 'debug', Type: 'SecureString' });
  await call('secretsmanager.CreateSecret', { Name: 'shop', SecretString: '{"password":"x"}' });
  await using folder = await TemporaryFolder.make();
  const template = join(folder.path, 'template.json');
  const functionOf = (Runtime: string, InlineCode: string) => ({
    Type: 'AWS::Serverless::Function',
    Properties: {
      Runtime,
      InlineCode,
      Handler: 'index.handler',
      Timeout: 60,
      MemorySize: 1_769,
      Layers: ['arn:aws:lambda:us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:11'],
    },
  });
  await writeFile(
    template,
    JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Python: functionOf('python3.13', asks.python),
        Node: functionOf('nodejs22.x', asks.node),
      },
    }),
  );
  const flags = { spares: '0', watch: 'false', awsEndpoint: `http://localhost:${port}` };
  await using app = await RunningApp.start({ template, flags });
  for (const name of ['Python', 'Node']) {
    const { payload, functionError, log } = await app.invoke(
      name,
      [
        [2773, '/systemsmanager/parameters/get?name=%2Fshop%2Flevel&withDecryption=true'],
        [2773, '/secretsmanager/get?secretId=shop'],
        [2773, '/systemsmanager/parameters/get?name=nowhere'],
        [2773, '/other'],
        [2772, '/other'],
      ],
      { tail: true },
    );
    expect({ payload, functionError, log }).toMatchObject({
      payload: [
        { Parameter: expect.objectContaining({ Name: '/shop/level', Value: 'debug' }), ResultMetadata: {} },
        expect.objectContaining({ Name: 'shop', SecretString: '{"password":"x"}', ResultMetadata: {} }),
        400,
        404,
        404,
      ],
      functionError: undefined,
    });
  }
});
