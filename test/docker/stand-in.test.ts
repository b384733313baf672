import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CreateFunctionCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { role } from '../support/deployer';
import { functionsFolder } from '../support/functions';
import { runtimeImage } from '../support/images';
import { RunningApp, sharedFolder } from '../support/running-app';
import { zipOf } from '../support/zips';

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
