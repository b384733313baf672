import {
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { compileJava } from '../../support/functions/java-classes';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(900_000);

const runtimes = ['java17', 'java21'] as const;

let app: RunningApp;
let folder: TemporaryFolder;

interface Inside {
  readonly calls: number;
  readonly environment: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const { classes, archive, layer } = await compileJava(folder.path);
  const shared = { runtime: 'java17', code: classes, memorySize: 1_024, timeout: 60 };
  const acts = 'example.Acts::handleRequest';
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      java17: { ...shared, handler: acts },
      java21: { ...shared, runtime: 'java21', handler: 'example.Acts' },
      archive: { ...shared, code: archive, handler: acts },
      stream: { ...shared, handler: 'example.Methods' },
      bean: { ...shared, handler: 'example.Methods::twice' },
      layered: { ...shared, handler: 'example.Methods::fromArchives', layers: [layer] },
      options: {
        ...shared,
        handler: acts,
        environment: { JAVA_TOOL_OPTIONS: '-Xmx200m -Dexample.option=given' },
      },
      slow: { ...shared, handler: acts, timeout: 10 },
      lost: { ...shared, handler: 'example.Nowhere' },
      snap: { ...shared, handler: acts },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

test.each(runtimes)('%s: the context and the environment are those that Lambda gives', async (runtime) => {
  const context = Buffer.from(JSON.stringify({ custom: { from: 'a test' } })).toString('base64');
  const first = await app.invoke(runtime, { act: 'inside' });
  expect(first.functionError).toBeUndefined();
  const second = await app.invoke(runtime, { act: 'inside' }, { ClientContext: context });
  const inside = second.payload as Inside;
  expect([(first.payload as Inside).calls, inside.calls]).toEqual([1, 2]);
  expect(inside).toMatchObject({
    java: runtime.slice('java'.length),
    folder: '/var/task',
    heapMiB: expect.any(Number),
    context: {
      functionName: runtime,
      functionVersion: '$LATEST',
      invokedFunctionArn: expect.stringMatching(`^arn:aws:lambda:us-east-1:\\d{12}:function:${runtime}$`),
      memoryLimitInMB: '1024',
      awsRequestId: second.requestId,
      logGroupName: `/aws/lambda/${runtime}`,
      logStreamName: expect.stringContaining('[$LATEST]'),
      remainingMs: expect.any(Number),
      clientContext: { from: 'a test' },
    },
  });
  expect(inside.environment).toMatchObject({
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    LAMBDA_TASK_ROOT: '/var/task',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  });
  expect(inside.environment).not.toHaveProperty('SHLVL');
  expect(inside.environment).not.toHaveProperty('PWD');
});

test.each(runtimes)(
  '%s: an exception is returned with its class, its message and its stack',
  async (runtime) => {
    const failed = await app.invoke(runtime, { act: 'fail', message: 'no luck' });
    expect(failed.functionError).toBe('Unhandled');
    expect(failed.payload).toEqual({
      errorMessage: 'no luck',
      errorType: 'java.lang.IllegalStateException',
      stackTrace: expect.arrayContaining([
        expect.stringMatching(/^example\.Acts\.handleRequest\(Acts\.java:\d+\)$/),
      ]),
    });
  },
);

test('handlers are classes with streams, methods with beans, and classes of an uploaded archive', async () => {
  expect((await app.invoke('stream', { n: 1 })).payload).toEqual({ read: { n: 1 } });
  expect((await app.invoke('bean', { item: 'tea', count: 2 })).payload).toEqual({ item: 'tea', count: 4 });
  expect((await app.invoke('archive', { act: 'inside' })).payload).toMatchObject({ calls: 1 });
});

test("archives in the code's lib and in a layer's java/lib are found", async () => {
  expect((await app.invoke('layered', {})).payload).toBe('layer code');
});

test('the heap takes 85 percent of the memory, unless JAVA_TOOL_OPTIONS say otherwise', async () => {
  const heap = async (name: string) =>
    ((await app.invoke(name, { act: 'inside' })).payload as { heapMiB: number }).heapMiB;
  expect(Math.abs((await heap('java17')) - 1_024 * 0.85)).toBeLessThan(40);
  expect(Math.abs((await heap('options')) - 200)).toBeLessThan(15);
  expect((await app.invoke('options', { act: 'inside' })).payload).toMatchObject({ option: 'given' });
});

test('a missing class is an init error', async () => {
  const { payload, functionError } = await app.invoke('lost', {});
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorMessage: 'Class not found: example.Nowhere',
    errorType: 'java.lang.ClassNotFoundException',
  });
});

test('a function that takes too long is ended, and one that exits is an error', async () => {
  expect((await app.invoke('slow', { act: 'sleep' })).payload).toMatchObject({
    errorMessage: expect.stringContaining('Task timed out after 10.00 seconds'),
  });
  expect((await app.invoke('slow', { act: 'exit' })).payload).toMatchObject({
    errorType: 'Runtime.ExitError',
  });
});

test('an entry of the logger with several lines is in the log', async () => {
  const { log } = await app.invoke('java17', { act: 'log' }, { tail: true });
  // It comes in one record, between the lines of the invocation that wrote it.
  expect(log.map((line) => line.split(' ')[0])).toEqual(['START', 'two', 'lines', 'END', 'REPORT']);
});

test('a version with SnapStart runs its init when it is published, and is restored', async () => {
  const FunctionName = 'snap';
  await app.client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, SnapStart: { ApplyOn: 'PublishedVersions' } }),
  );
  await waitUntilFunctionUpdatedV2({ client: app.client, maxWaitTime: 120 }, { FunctionName });
  await app.client.send(new PublishVersionCommand({ FunctionName }));
  await waitUntilPublishedVersionActive(
    { client: app.client, maxWaitTime: 120 },
    { FunctionName, Qualifier: '1' },
  );
  const { payload, log } = await app.invoke('snap', { act: 'inside' }, { Qualifier: '1', tail: true });
  expect(payload).toMatchObject({
    calls: 1,
    environment: { AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start', AWS_LAMBDA_FUNCTION_VERSION: '1' },
  });
  expect(log.at(-1)).toMatch(/Restore Duration: [\d.]+ ms/);
});
