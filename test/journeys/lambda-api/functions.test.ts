import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  type ListFunctionsCommandInput,
  type ListFunctionsCommandOutput,
  type LoggingConfig,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { arnOf, codeOf, type Deployer, refusalOf, role } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';
import { failureOf } from '../../support/lib/failure';

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const sha256 = expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/);

const shared = sharedApp(() => emptyApp());

const create = (...input: Parameters<Deployer['create']>) => shared.deployer.create(...input);

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
  });
  const now = await shared.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'hello' }));
  expect(now).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
  expect(now).not.toHaveProperty('StateReason');
  expect(now.RevisionId).not.toBe(created.RevisionId);
  expect(await shared.app.invoke('hello')).toMatchObject({ payload: 'hello', executedVersion: '$LATEST' });
});

test('Code.Location downloads the exact zip', async () => {
  const zip = await zipOf({ 'app.py': 'exact', 'data.bin': Buffer.from([0, 255, 10]) });
  await create('exact', '', { Code: { ZipFile: zip }, Tags: { stage: 'dev' } });
  const { Code, Tags, Configuration, Concurrency } = await shared.client.send(
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
  expect((await shared.app.invoke('changing')).payload).toBe('old');
  const answer = await shared.client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'changing', ...(await codeOf('new')) }),
  );
  expect(answer).toMatchObject({
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  });
  expect(answer.CodeSha256).not.toBe(CodeSha256);
  await shared.deployer.updated('changing');
  expect((await shared.app.invoke('changing')).payload).toBe('new');
});

test('Code.Location has the host name that the caller used', async () => {
  await create('placed');
  const port = new URL(shared.app.address).port;
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

test('a version published at creation is returned without it in the ARN', async () => {
  const created = await create('published', 'one', { Publish: true });
  expect(created).toMatchObject({ Version: '1', FunctionArn: arnOf('published'), State: 'Pending' });
  await waitUntilPublishedVersionActive(
    { client: shared.client, maxWaitTime: 60, minDelay: 0.05 },
    { FunctionName: 'published', Qualifier: '1' },
  );
  const get = new GetFunctionConfigurationCommand({ FunctionName: 'published', Qualifier: '1' });
  const now = await shared.client.send(get);
  expect(now).toMatchObject({ FunctionArn: `${arnOf('published')}:1`, LastUpdateStatus: 'Successful' });
  expect(now.RevisionId).not.toBe(created.RevisionId);
});

test('a version published by an update is pending, and returned with its number', async () => {
  await create('republished', 'one', { Publish: true });
  const update = new UpdateFunctionCodeCommand({
    FunctionName: 'republished',
    Publish: true,
    ...(await codeOf('two')),
  });
  const answer = await shared.client.send(update);
  expect(answer).toMatchObject({
    Version: '2',
    FunctionArn: `${arnOf('republished')}:2`,
    State: 'Pending',
    StateReasonCode: 'Creating',
  });
  expect(answer).not.toHaveProperty('LastUpdateStatus');
  await shared.deployer.updated('republished');
  expect(await shared.app.invoke('republished:2')).toMatchObject({ payload: 'two', executedVersion: '2' });
});

test('levels of a log come with JSON and go with it, and what is not named stays', async () => {
  const configure = async (LoggingConfig: LoggingConfig) => {
    const change = new UpdateFunctionConfigurationCommand({ FunctionName: 'logging', LoggingConfig });
    const { LoggingConfig: after } = await shared.client.send(change);
    await shared.deployer.updated('logging');
    return after;
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
  const { SnapStart } = await shared.client.send(new PublishVersionCommand({ FunctionName: 'snapped' }));
  expect(SnapStart).toEqual({ ApplyOn: 'PublishedVersions', OptimizationStatus: 'On' });
  const latest = await shared.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'snapped' }));
  expect(latest.SnapStart).toEqual({ ApplyOn: 'PublishedVersions', OptimizationStatus: 'Off' });
});

test('of another region nothing is copied here', async () => {
  await create('home');
  const list = (more: ListFunctionsCommandInput) => shared.client.send(new ListFunctionsCommand(more));
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
  const answer = await shared.client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'dry', DryRun: true, ...(await codeOf('new')) }),
  );
  expect(answer.CodeSha256).not.toBe(CodeSha256);
  const now = await shared.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'dry' }));
  expect(now.CodeSha256).toBe(CodeSha256);
});

test('a configuration keeps absent members, clears empty ones, and reaches the environment', async () => {
  await create('configured', 'env STAGE', {
    Environment: { Variables: { STAGE: 'dev' } },
    DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
    Description: 'stays',
  });
  expect((await shared.app.invoke('configured')).payload).toBe('dev');
  const changed = await shared.client.send(
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
  await shared.deployer.updated('configured');
  expect((await shared.app.invoke('configured')).payload).toBe('live');
});

test('deletes a function with its versions', async () => {
  await create('doomed');
  await shared.client.send(new PublishVersionCommand({ FunctionName: 'doomed' }));
  const { $metadata } = await shared.client.send(new DeleteFunctionCommand({ FunctionName: 'doomed' }));
  expect($metadata.httpStatusCode).toBe(204);
  const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
  expect(
    await failureOf(shared.client.send(new GetFunctionCommand({ FunctionName: 'doomed' }))),
  ).toMatchObject({
    ...notFound,
    message: `Function not found: ${arnOf('doomed')}`,
  });
  expect(await failureOf(shared.app.invoke('doomed:1'))).toMatchObject({
    ...notFound,
    message: `Function not found: ${arnOf('doomed')}:1`,
  });
  await create('doomed');
  expect(await shared.client.send(new PublishVersionCommand({ FunctionName: 'doomed' }))).toMatchObject({
    Version: '1',
  });
});

test('one of two concurrent updates succeeds, and the other gets a conflict', async () => {
  const outcomes = await Promise.allSettled([create('raced', 'a'), create('raced', 'b')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const { RevisionId } = await shared.client.send(
    new GetFunctionConfigurationCommand({ FunctionName: 'raced' }),
  );
  const update = async (says: string) =>
    shared.client.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'raced', RevisionId, ...(await codeOf(says)) }),
    );
  const updates = await Promise.allSettled([update('c'), update('d')]);
  expect(updates.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a runtime that is not available fails the function, with the reason', async () => {
  await using own = await emptyApp({ equip: (engine) => engine.unavailableRuntimes.add('python3.9') });
  own.foresee(/python3\.9 is deprecated by AWS/);
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

test('resources of another region or account are not visible', async () => {
  await create('local');
  const { Functions } = await shared.client.send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ FunctionName }) => FunctionName)).toContain('local');
  const credentials = { accessKeyId: '123456789012', secretAccessKey: 'x' };
  const away = new LambdaClient({ endpoint: shared.app.address, region: 'eu-west-1', credentials });
  expect((await away.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  const get = new GetFunctionCommand({ FunctionName: 'local' });
  expect(await failureOf(away.send(get))).toMatchObject({
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:local',
  });
  away.destroy();
});
