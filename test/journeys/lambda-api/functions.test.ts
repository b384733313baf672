import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  type ListFunctionsCommandInput,
  type ListFunctionsCommandOutput,
  type LoggingConfig,
  PublishVersionCommand,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { arnOf, codeOf, Deployer, refusalOf, role } from '../../support/deployer';
import { failureOf } from '../../support/failure';
import { codeRuntime } from '../../support/fake-code';
import { FakeEngine } from '../../support/fake-engine';
import { RunningApp } from '../../support/running-app';
import { zipOf } from '../../support/zips';

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const sha256 = expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/);

let app: RunningApp;
let client: LambdaClient;
let deployer: Deployer;

beforeAll(async () => {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  const start = { entryPoint: ['/app'], command: [], workingDirectory: '/', environment: {} };
  engine.images.set('registry.local/app:1', { image: 'registry.local/app:1', ...start });
  app = await RunningApp.start({ functions: {}, engine });
  client = app.client;
  deployer = new Deployer(client);
});

afterAll(() => app?.[Symbol.asyncDispose]());

const create = (...input: Parameters<Deployer['create']>) => deployer.create(...input);

test('a function is created, active, and runs', async () => {
  const zip = await zipOf({ 'app.py': 'hello' });
  const created = await create('hello', 'hello', { Code: { ZipFile: zip } });
  const { $metadata, ...configuration } = created;
  expect($metadata.httpStatusCode).toBe(201);
  expect(configuration).toEqual({
    FunctionName: 'hello',
    FunctionArn: arnOf('hello'),
    Runtime: 'python3.13',
    Handler: 'app.handler',
    Role: role,
    CodeSize: zip.length,
    CodeSha256: sha256,
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
    Version: '$LATEST',
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: uuid,
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/hello' },
    RuntimeVersionConfig: {
      RuntimeVersionArn: expect.stringMatching(/^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/),
    },
    ConfigSha256: sha256,
  });
  const now = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'hello' }));
  expect(now).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
  expect(now).not.toHaveProperty('StateReason');
  expect(now.RevisionId).not.toBe(created.RevisionId);
  expect(await app.invoke('hello')).toMatchObject({ payload: 'hello', executedVersion: '$LATEST' });
});

test('Code.Location downloads the exact zip', async () => {
  const zip = await zipOf({ 'app.py': 'exact', 'data.bin': Buffer.from([0, 255, 10]) });
  await create('exact', '', { Code: { ZipFile: zip }, Tags: { stage: 'dev' } });
  const { Code, Tags, Configuration, Concurrency } = await client.send(
    new GetFunctionCommand({ FunctionName: arnOf('exact') }),
  );
  expect(Code).toEqual({ RepositoryType: 'S3', Location: expect.stringMatching(/^http:/) });
  expect({ Tags, Concurrency }).toEqual({ Tags: { stage: 'dev' }, Concurrency: undefined });
  expect(Configuration?.FunctionArn).toBe(arnOf('exact'));
  const answer = await fetch(Code?.Location ?? '');
  expect(answer.headers.get('content-type')).toBe('application/zip');
  expect(Buffer.from(await answer.arrayBuffer()).equals(zip)).toBe(true);
});

test('an update is in progress, then the next call runs the new code', async () => {
  const { CodeSha256 } = await create('changing', 'old');
  expect((await app.invoke('changing')).payload).toBe('old');
  const answer = await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'changing', ...(await codeOf('new')) }),
  );
  expect(answer).toMatchObject({
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  });
  expect(answer.CodeSha256).not.toBe(CodeSha256);
  await deployer.updated('changing');
  expect((await app.invoke('changing')).payload).toBe('new');
});

test('the place of the code is told by the name that the caller has reached lambdock by', async () => {
  await create('placed');
  const port = new URL(app.address).port;
  const named = new LambdaClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { Code } = await named.send(new GetFunctionCommand({ FunctionName: 'placed' }));
  named.destroy();
  expect(Code?.Location).toMatch(new RegExp(`^http://localhost:${port}/`));
  expect((await fetch(Code?.Location ?? '')).status).toBe(200);
});

test('a version that is published at the creation is told without it in the ARN', async () => {
  const created = await create('published', 'one', { Publish: true });
  expect(created).toMatchObject({ Version: '1', FunctionArn: arnOf('published'), State: 'Pending' });
  const get = new GetFunctionConfigurationCommand({ FunctionName: 'published', Qualifier: '1' });
  const now = await client.send(get);
  expect(now).toMatchObject({ FunctionArn: `${arnOf('published')}:1`, LastUpdateStatus: 'Successful' });
  expect(now.RevisionId).not.toBe(created.RevisionId);
});

test('what an update with Publish has published is pending, and told with its number', async () => {
  await create('republished', 'one', { Publish: true });
  const update = new UpdateFunctionCodeCommand({
    FunctionName: 'republished',
    Publish: true,
    ...(await codeOf('two')),
  });
  const answer = await client.send(update);
  expect(answer).toMatchObject({
    Version: '2',
    FunctionArn: `${arnOf('republished')}:2`,
    State: 'Pending',
    StateReasonCode: 'Creating',
  });
  expect(answer).not.toHaveProperty('LastUpdateStatus');
  await deployer.updated('republished');
  expect(await app.invoke('republished:2')).toMatchObject({ payload: 'two', executedVersion: '2' });
});

test('levels of a log come with JSON and go with it, and what is not named stays', async () => {
  const configure = async (LoggingConfig: LoggingConfig) => {
    const change = new UpdateFunctionConfigurationCommand({ FunctionName: 'logging', LoggingConfig });
    const { LoggingConfig: told } = await client.send(change);
    await deployer.updated('logging');
    return told;
  };
  await create('logging');
  expect(await configure({ LogFormat: 'JSON' })).toEqual({
    LogFormat: 'JSON',
    LogGroup: '/aws/lambda/logging',
    ApplicationLogLevel: 'INFO',
    SystemLogLevel: 'INFO',
  });
  expect(await configure({ ApplicationLogLevel: 'DEBUG' })).toMatchObject({
    LogFormat: 'JSON',
    ApplicationLogLevel: 'DEBUG',
    SystemLogLevel: 'INFO',
  });
  expect(await configure({ LogFormat: 'Text' })).toEqual({
    LogFormat: 'Text',
    LogGroup: '/aws/lambda/logging',
  });
});

test('SnapStart is on for what is published', async () => {
  await create('snapped', 'one', { SnapStart: { ApplyOn: 'PublishedVersions' } });
  const { SnapStart } = await client.send(new PublishVersionCommand({ FunctionName: 'snapped' }));
  expect(SnapStart).toEqual({ ApplyOn: 'PublishedVersions', OptimizationStatus: 'On' });
  const latest = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'snapped' }));
  expect(latest.SnapStart).toEqual({ ApplyOn: 'PublishedVersions', OptimizationStatus: 'Off' });
});

test('of another region nothing is copied here', async () => {
  await create('home');
  const list = (more: ListFunctionsCommandInput) => client.send(new ListFunctionsCommand(more));
  const names = ({ Functions }: ListFunctionsCommandOutput) =>
    Functions?.map(({ FunctionName }) => FunctionName);
  expect(names(await list({ FunctionVersion: 'ALL', MasterRegion: 'ALL' }))).toContain('home');
  expect(names(await list({ FunctionVersion: 'ALL', MasterRegion: 'us-east-1' }))).toEqual([]);
  expect(await refusalOf(list({ MasterRegion: 'us-east-1' }))).toEqual([
    400,
    'InvalidParameterValueException',
    'FunctionVersion must be set to ALL when MasterRegion is specified.',
  ]);
});

test('DryRun of an update answers what would be, and changes nothing', async () => {
  const { CodeSha256 } = await create('dry', 'old');
  const answer = await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'dry', DryRun: true, ...(await codeOf('new')) }),
  );
  expect(answer.CodeSha256).not.toBe(CodeSha256);
  const now = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'dry' }));
  expect(now.CodeSha256).toBe(CodeSha256);
});

test('a configuration keeps what is not named, clears what is empty, and reaches the environment', async () => {
  await create('configured', 'env STAGE', {
    Environment: { Variables: { STAGE: 'dev' } },
    DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
    Description: 'stays',
  });
  expect((await app.invoke('configured')).payload).toBe('dev');
  const changed = await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'configured',
      MemorySize: 256,
      Timeout: 7,
      EphemeralStorage: { Size: 600 },
      Environment: { Variables: { STAGE: 'live' } },
      DeadLetterConfig: { TargetArn: '' },
    }),
  );
  expect(changed).toMatchObject({ Description: 'stays', MemorySize: 256, Timeout: 7 });
  expect(changed).toMatchObject({ EphemeralStorage: { Size: 600 } });
  expect(changed).not.toHaveProperty('DeadLetterConfig');
  await deployer.updated('configured');
  expect((await app.invoke('configured')).payload).toBe('live');
});

test('what is deleted is gone, with its versions', async () => {
  await create('doomed');
  await client.send(new PublishVersionCommand({ FunctionName: 'doomed' }));
  const { $metadata } = await client.send(new DeleteFunctionCommand({ FunctionName: 'doomed' }));
  expect($metadata.httpStatusCode).toBe(204);
  const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
  expect(await failureOf(client.send(new GetFunctionCommand({ FunctionName: 'doomed' })))).toMatchObject({
    ...notFound,
    message: `Function not found: ${arnOf('doomed')}`,
  });
  expect(await failureOf(app.invoke('doomed:1'))).toMatchObject({
    ...notFound,
    message: `Function not found: ${arnOf('doomed')}:1`,
  });
  await create('doomed');
  expect(await client.send(new PublishVersionCommand({ FunctionName: 'doomed' }))).toMatchObject({
    Version: '1',
  });
});

describe('refused', () => {
  beforeAll(() => create('there'));

  test('a name that is taken', async () => {
    expect(await refusalOf(create('there'))).toEqual([
      409,
      'ResourceConflictException',
      'Function already exist: there',
    ]);
  });

  test('a revision that is not the latest', async () => {
    const text =
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
    const RevisionId = '11111111-2222-4333-8444-555555555555';
    const FunctionName = 'there';
    const expected = [412, 'PreconditionFailedException', text];
    const update = new UpdateFunctionCodeCommand({ FunctionName, RevisionId, ...(await codeOf('x')) });
    expect(await refusalOf(client.send(update))).toEqual(expected);
    const configure = new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId });
    expect(await refusalOf(client.send(configure))).toEqual(expected);
    const publish = new PublishVersionCommand({ FunctionName, RevisionId });
    expect(await refusalOf(client.send(publish))).toEqual(expected);
  });

  const unzippable = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

  test.each<[string, () => Promise<Partial<CreateFunctionCommandInput>>, string]>([
    ['no zip', async () => ({ Code: { ZipFile: Buffer.from('no zip') } }), unzippable],
    [
      'an empty one',
      async () => ({ Code: { ZipFile: Buffer.alloc(0) } }),
      'Uploaded file must be a non-empty zip',
    ],
    [
      'a runtime that there never was',
      async () => ({ Runtime: 'python9' as Runtime }),
      "Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [python3.9, python3.10, python3.11, python3.12, python3.13, python3.14, nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x] or be a valid ARN",
    ],
    [
      'one that lambdock does not run',
      async () => ({ Runtime: 'java21' }),
      'The runtime parameter of java21 is not supported here: lambdock runs Python 3.9 to 3.14 and Node.js 18 to 24, and container images of any kind.',
    ],
    [
      'SnapStart where the service has none',
      async () => ({ Runtime: 'nodejs22.x', SnapStart: { ApplyOn: 'PublishedVersions' } }),
      'nodejs22.x is not supported for SnapStart enabled functions.',
    ],
    [
      'more memory than there is',
      async () => ({ MemorySize: 10_241 }),
      "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      'no handler',
      async () => ({ Handler: undefined }),
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      'a reserved variable',
      async () => ({ Environment: { Variables: { AWS_REGION: 'x' } } }),
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    ],
    [
      'a layer that is not there',
      async () => ({ Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:none:1'] }),
      'Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist.',
    ],
    [
      'S3 without an endpoint',
      async () => ({ Code: { S3Bucket: 'bucket', S3Key: 'key' } }),
      'Error occurred while GetObject. There is no S3 here: start lambdock with --s3-endpoint, or send the zip itself.',
    ],
  ])('%s', async (_name, more, message) => {
    expect(await refusalOf(create('bad', 'x', await more()))).toEqual([
      400,
      'InvalidParameterValueException',
      message,
    ]);
    const get = new GetFunctionCommand({ FunctionName: 'bad' });
    expect((await refusalOf(client.send(get)))[0]).toBe(404);
  });
});

test('a zip that is too large for a request is refused by its size', async () => {
  const large = { Code: { ZipFile: Buffer.alloc(52_428_801) } };
  expect(await refusalOf(create('large', 'x', large))).toEqual([
    413,
    'RequestEntityTooLargeException',
    'Zipped size must be smaller than 52428800 bytes',
  ]);
});

test('an image is no image without its package type, and has no runtime of its own', async () => {
  const refused = async (input: Partial<CreateFunctionCommandInput>) =>
    refusalOf(create('pictured', 'x', { Code: { ImageUri: 'registry.local/app:1' }, ...input }));
  const [, , mandatory] = await refused({ Runtime: undefined, Handler: undefined });
  expect(mandatory).toBe(
    'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
  );
  expect((await refused({}))[2]).toBe(
    "Please don't provide ImageUri when creating a function with packageType Zip.",
  );
  const image = { PackageType: 'Image', Runtime: undefined, Handler: undefined } as const;
  const own =
    "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.";
  expect((await refused({ ...image, Runtime: 'python3.13' }))[2]).toBe(own);
  await create('pictured', 'x', { ...image, Code: { ImageUri: 'registry.local/app:1' } });
  const configure = new UpdateFunctionConfigurationCommand({ FunctionName: 'pictured', Handler: 'a.b' });
  expect((await refusalOf(client.send(configure)))[2]).toBe(own);
});

test('versions and aliases cannot be created, updated or published', async () => {
  await create('one-only', 'one', { Publish: true });
  const FunctionName = `${arnOf('one-only')}:1`;
  const expected = [
    400,
    'InvalidParameterValueException',
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  ];
  expect(await refusalOf(create('another:1'))).toEqual(expected);
  const update = new UpdateFunctionCodeCommand({ FunctionName, ...(await codeOf('x')) });
  expect(await refusalOf(client.send(update))).toEqual(expected);
  const configure = new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 });
  expect(await refusalOf(client.send(configure))).toEqual(expected);
  expect(await refusalOf(client.send(new PublishVersionCommand({ FunctionName })))).toEqual(expected);
});

test('a name in an ARN is not longer than one alone', async () => {
  const name = 'a'.repeat(65);
  expect(await refusalOf(create(arnOf(name)))).toEqual([
    400,
    'InvalidParameterValueException',
    `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ]);
});

test.each<[string, Partial<CreateFunctionCommandInput>]>([
  [
    "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    { Timeout: 901 },
  ],
  [
    "Value '10241' at 'ephemeralStorage.size' failed to satisfy constraint: Member must have value less than or equal to 10240",
    { EphemeralStorage: { Size: 10_241 } },
  ],
])('what only managed instances may have is refused: %s', async (text, more) => {
  expect(await refusalOf(create('large', 'x', more))).toEqual([
    400,
    'ValidationException',
    `1 validation error detected: ${text}`,
  ]);
});

test('of two that come at the same time one is first, and the other is told', async () => {
  const outcomes = await Promise.allSettled([create('raced', 'a'), create('raced', 'b')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const { RevisionId } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'raced' }));
  const update = async (says: string) =>
    client.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'raced', RevisionId, ...(await codeOf(says)) }),
    );
  const updates = await Promise.allSettled([update('c'), update('d')]);
  expect(updates.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a runtime that cannot be had fails the function, with the reason', async () => {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  engine.unavailableRuntimes.add('python3.9');
  await using own = await RunningApp.start({ functions: {}, engine });
  await own.client.send(
    new CreateFunctionCommand({
      FunctionName: 'old',
      Role: role,
      Runtime: 'python3.9',
      Handler: 'app.handler',
      Code: await codeOf('x'),
    }),
  );
  const waiting = waitUntilFunctionActiveV2(
    { client: own.client, maxWaitTime: 10, minDelay: 0.05 },
    { FunctionName: 'old' },
  );
  await failureOf(waiting);
  expect(await own.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'old' }))).toMatchObject({
    State: 'Failed',
    StateReason: 'No base offers python3.9.',
    StateReasonCode: 'InvalidRuntime',
  });
  expect(await failureOf(own.invoke('old'))).toMatchObject({
    name: 'ResourceConflictException',
    message: expect.stringMatching(/currently in the following state: Failed/),
  });
});

test('what another region or account has is not seen from here', async () => {
  await create('local');
  const { Functions } = await client.send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ FunctionName }) => FunctionName)).toContain('local');
  const credentials = { accessKeyId: '123456789012', secretAccessKey: 'x' };
  const away = new LambdaClient({ endpoint: app.address, region: 'eu-west-1', credentials });
  expect((await away.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  const get = new GetFunctionCommand({ FunctionName: 'local' });
  expect(await failureOf(away.send(get))).toMatchObject({
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:local',
  });
  away.destroy();
});
