import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  type LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { codeRuntime } from '../../support/fakes/fake-code';
import { FakeEngine } from '../../support/fakes/fake-engine';
import { arnOf, Deployer, refusalOf, role } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const newEngine = () => {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  return engine;
};

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const namesOf = async (client: LambdaClient) =>
  (await client.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName);

describe('the file and the wire', () => {
  let folder: TemporaryFolder;
  const declared = (code: string) => ({ runtime: 'python3.13', handler: 'app.handler', code });

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    await put(join(folder.path, 'one', 'app.py'), 'from the file');
    await put(join(folder.path, 'two', 'app.py'), 'another');
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  /** One run of lambdock in the folder, with a file that names these. */
  async function run(functions: object, work: (app: RunningApp) => Promise<void>): Promise<void> {
    await using app = await RunningApp.start({
      functions: functions as never,
      engine: newEngine(),
      flags: { data: join(folder.path, 'data') },
    });
    await work(app);
  }

  test('both are in one catalogue; after a restart the file has what it names and the wire what it deployed', async () => {
    const path = (name: string) => join(folder.path, name);
    let revision: string | undefined;
    await run({ kept: declared(path('one')), dropped: declared(path('two')) }, async (app) => {
      const deployer = new Deployer(app.client);
      await deployer.create('wired', 'over the wire');
      await deployer.publish('kept');
      await app.client.send(
        new CreateAliasCommand({ FunctionName: 'kept', Name: 'live', FunctionVersion: '1' }),
      );
      expect(await namesOf(app.client)).toEqual(['dropped', 'kept', 'wired']);
      expect((await app.invoke('kept:live')).payload).toBe('from the file');
      const { Configuration, Code } = await app.client.send(new GetFunctionCommand({ FunctionName: 'kept' }));
      revision = Configuration?.RevisionId;
      // What came from a folder is downloaded as a zip that would deploy the same.
      const zip = Buffer.from(await (await fetch(Code?.Location ?? '')).arrayBuffer());
      await deployer.create('copied', '', { Code: { ZipFile: zip } });
      expect((await app.invoke('copied')).payload).toBe('from the file');
      await app.client.send(new DeleteFunctionCommand({ FunctionName: 'copied' }));
    });
    await run({ kept: declared(path('one')) }, async (app) => {
      expect(await namesOf(app.client)).toEqual(['kept', 'wired']);
      const { Configuration } = await app.client.send(new GetFunctionCommand({ FunctionName: 'kept' }));
      expect(Configuration?.RevisionId).toBe(revision);
    });
    await put(join(folder.path, 'one', 'app.py'), 'changed in the file');
    await run({ kept: declared(path('one')) }, async (app) => {
      const payloads = ['kept', 'kept:live', 'wired'].map(async (name) => (await app.invoke(name)).payload);
      expect(await Promise.all(payloads)).toEqual(['changed in the file', 'from the file', 'over the wire']);
    });
  });

  test("the file's functions are reached from any region, unless the name says one", async () => {
    await run({ hello: declared(join(folder.path, 'one')) }, async (app) => {
      const invoke = (name: string) =>
        fetch(`${app.address}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
          method: 'POST',
          headers: {
            Authorization: 'AWS4-HMAC-SHA256 Credential=123456789012/20250101/eu-west-1/lambda/aws4_request',
          },
        });
      expect(await (await invoke('hello')).json()).toBe('from the file');
      expect((await invoke('arn:aws:lambda:eu-west-1:123456789012:function:hello')).status).toBe(404);
      // Of another region than was signed for, as the service has it.
      expect((await invoke(arnOf('hello'))).status).toBe(404);
      const unsigned = `${app.address}/2015-03-31/functions/${encodeURIComponent(arnOf('hello'))}/invocations`;
      expect((await fetch(unsigned, { method: 'POST' })).status).toBe(200);
    });
  });
});

test('a function invokes another one at the address in its environment', async () => {
  await using app = await RunningApp.start({ functions: {}, engine: newEngine() });
  const deployer = new Deployer(app.client);
  await deployer.create('shown', 'env AWS_ENDPOINT_URL_LAMBDA');
  await deployer.create('caller', 'call callee');
  await deployer.create('callee', 'the answer');
  expect((await app.invoke('shown')).payload).toBe('http://127.0.0.1:9001');
  expect((await app.invoke('caller', { any: 'event' })).payload).toBe('the answer');
});

test('a function of an image is returned with its ImageUri', async () => {
  const engine = newEngine();
  const image = 'registry.local/app:1';
  const start = { entryPoint: ['/app'], command: [], workingDirectory: '/', environment: {} };
  engine.images.set(image, { image, ...start });
  await using app = await RunningApp.start({ functions: {}, engine });
  const create = (name: string, ImageUri: string) =>
    app.client.send(
      new CreateFunctionCommand({ FunctionName: name, Role: role, PackageType: 'Image', Code: { ImageUri } }),
    );
  const created = await create('boxed', image);
  expect(created).toMatchObject({ PackageType: 'Image', CodeSize: 0 });
  expect(created).not.toHaveProperty('Runtime');
  const waiting = { client: app.client, maxWaitTime: 10, minDelay: 0.05 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName: 'boxed' });
  const { Code } = await app.client.send(new GetFunctionCommand({ FunctionName: 'boxed' }));
  expect(Code).toEqual({
    RepositoryType: 'ECR',
    ImageUri: image,
    ResolvedImageUri: expect.stringMatching(/^registry\.local\/app@sha256:[0-9a-f]{64}$/),
  });
});

describe('S3', () => {
  let s3: Server;
  let zip: Buffer;

  beforeAll(async () => {
    zip = await zipOf({ 'app.py': 'from a bucket' });
    s3 = createServer((request, response) => {
      const { authorization = '' } = request.headers;
      if (request.url?.startsWith('/private/') && !authorization.includes('Credential=AKIDEXAMPLE/')) {
        response
          .writeHead(403)
          .end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      } else if (
        request.url === '/bucket/some%20folder/code.zip?versionId=7' ||
        request.url === '/private/code.zip'
      )
        response.end(zip);
      else
        response
          .writeHead(404)
          .end('<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>');
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => s3.close(resolve)));

  test("code comes from a bucket; a refusal has S3's message", async () => {
    const { port } = s3.address() as AddressInfo;
    const flags = { s3Endpoint: `http://127.0.0.1:${port}` };
    await using app = await RunningApp.start({ functions: {}, engine: newEngine(), flags });
    const deployer = new Deployer(app.client);
    const Code = { S3Bucket: 'bucket', S3Key: 'some folder/code.zip', S3ObjectVersion: '7' };
    const { CodeSize } = await deployer.create('stored', '', { Code });
    expect(CodeSize).toBe(zip.length);
    expect((await app.invoke('stored')).payload).toBe('from a bucket');
    const missing = deployer.create('missing', '', { Code: { S3Bucket: 'bucket', S3Key: 'none' } });
    expect(await refusalOf(missing)).toEqual([
      400,
      'InvalidParameterValueException',
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    ]);
  });

  test('where objects are not for everybody, requests are signed with their key, else with the credentials of lambdock`s environment', async () => {
    const { port } = s3.address() as AddressInfo;
    const flags = { s3Endpoint: `http://127.0.0.1:${port}` };
    const Code = { S3Bucket: 'private', S3Key: 'code.zip' };
    {
      await using app = await RunningApp.start({ functions: {}, engine: newEngine(), flags });
      const refused = new Deployer(app.client).create('stored', '', { Code });
      expect((await refusalOf(refused))[2]).toMatch(/AccessDenied.*start lambdock with --s3-key ID:SECRET/);
    }
    const variables = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const keyed = { ...flags, s3Key: 'AKIDEXAMPLE:secret' };
    for (const more of [
      { flags, variables },
      { flags: keyed, variables: { AWS_ACCESS_KEY_ID: 'OTHER', AWS_SECRET_ACCESS_KEY: 'x' } },
    ]) {
      await using app = await RunningApp.start({ functions: {}, engine: newEngine(), ...more });
      await new Deployer(app.client).create('stored', '', { Code });
      expect((await app.invoke('stored')).payload).toBe('from a bucket');
    }
  });
});
