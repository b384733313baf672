import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(600_000);

let app: RunningApp;
let layer: TemporaryFolder;

interface Inside {
  readonly calls: number;
  readonly ruby: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly gem_path: readonly string[];
}

/** A gem as Bundler installs it, and a file for `require`. */
async function fillLayer(folder: string): Promise<void> {
  const files = {
    'ruby/lib/from_layer.rb': "FROM_LAYER = 'ruby/lib'",
    'ruby/gems/3.3.0/gems/greeting-1.0.0/lib/greeting.rb': "module Greeting\n  TEXT = 'a gem'\nend\n",
    'ruby/gems/3.3.0/specifications/greeting-1.0.0.gemspec':
      "Gem::Specification.new { |s| s.name = 'greeting'; s.version = '1.0.0'; s.summary = 'g'; s.authors = ['a']; s.require_paths = ['lib'] }\n",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

beforeAll(async () => {
  layer = await TemporaryFolder.make();
  await fillLayer(layer.path);
  const shared = { runtime: 'ruby3.3', code: functionsFolder('ruby'), memorySize: 512, timeout: 30 };
  app = await RunningApp.start({
    settings: { spares: 0, region: 'eu-central-1', accountId: '123456789012' },
    functions: {
      acts: { ...shared, handler: 'acts.handler', layers: [layer.path] },
      method: { ...shared, handler: 'acts.Within::Handler.process' },
      slow: { ...shared, handler: 'acts.handler', timeout: 5 },
      broken: { ...shared, handler: 'broken.handler' },
      lost: { ...shared, handler: 'nowhere.handler' },
      json: { ...shared, handler: 'acts.handler', logging: { format: 'JSON' } },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await layer?.[Symbol.asyncDispose]();
});

test('a function finds the context and the environment that Lambda gives it, and stays warm', async () => {
  const custom = { custom: { from: 'a test' } };
  const first = await app.invoke('acts', { act: 'inside' });
  expect(first.functionError).toBeUndefined();
  const second = await app.invoke(
    'acts',
    { act: 'inside' },
    { ClientContext: Buffer.from(JSON.stringify(custom)).toString('base64') },
  );
  const inside = second.payload as Inside;
  expect([(first.payload as Inside).calls, inside.calls]).toEqual([1, 2]);
  expect(inside).toMatchObject({
    ruby: expect.stringMatching(/^3\.3\./),
    folder: '/var/task',
    user: 993,
    context: {
      functionName: 'acts',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:acts',
      memoryLimitInMB: '512',
      awsRequestId: second.requestId,
      logGroupName: '/aws/lambda/acts',
      logStreamName: expect.stringContaining('[$LATEST]'),
      remainingMs: expect.any(Number),
      clientContext: custom,
    },
    environment: {
      AWS_EXECUTION_ENV: 'AWS_Lambda_ruby3.3',
      _HANDLER: 'acts.handler',
      GEM_HOME: '/var/runtime',
      GEM_PATH: expect.stringMatching(
        /^\/var\/task\/vendor\/bundle\/ruby\/3\.3\.0:\/opt\/ruby\/gems\/3\.3\.0:\/var\/runtime:/,
      ),
      RUBYLIB: '/var/task:/var/runtime/lib:/opt/ruby/lib',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
      SHLVL: '0',
    },
  });
});

test('a handler is a method of the file, or of a class in a module', async () => {
  expect((await app.invoke('method', { n: 1 })).payload).toEqual({ event: { n: 1 }, name: 'method' });
});

test('gems and libraries of a layer are found, and so is the AWS SDK', async () => {
  expect((await app.invoke('acts', { act: 'libraries' })).payload).toEqual([
    'ruby/lib',
    'a gem',
    'Aws::S3::Client',
  ]);
});

test('a stream is sent unchanged', async () => {
  expect((await app.invoke('acts', { act: 'plain' })).text).toBe('{"raw":true}');
});

test('an exception is returned with its class, its message and its stack, and the environment serves on', async () => {
  const failed = await app.invoke('acts', { act: 'fail', message: 'no luck' }, { tail: true });
  expect(failed.functionError).toBe('Unhandled');
  expect(failed.payload).toEqual({
    errorMessage: 'no luck',
    errorType: 'Function<ArgumentError>',
    stackTrace: expect.arrayContaining([expect.stringMatching(/^\/var\/task\/acts\.rb:\d+:in .fail'$/)]),
  });
  expect(failed.log).toContain('Error raised from handler method');
  const next = await app.invoke('acts', { act: 'inside' });
  expect((next.payload as Inside).calls).toBeGreaterThan(1);
});

test('a name that is not defined ends the environment, as with AWS', async () => {
  const failed = await app.invoke('acts', { act: 'misspelt' });
  expect(failed.payload).toMatchObject({ errorType: 'Function<NameError>' });
  expect(((await app.invoke('acts', { act: 'inside' })).payload as Inside).calls).toBe(1);
});

test.each([
  ['broken', 'Init<RuntimeError>', 'not today'],
  ['lost', 'Init<LoadError>', 'cannot load such file -- nowhere'],
])('%s: an exception of the file is an error of init', async (name, errorType, errorMessage) => {
  const failed = await app.invoke(name);
  expect(failed.functionError).toBe('Unhandled');
  expect(failed.payload).toMatchObject({ errorType, errorMessage });
});

test('a function that takes too long is ended', async () => {
  const { payload, functionError } = await app.invoke('slow', { act: 'sleep_on' });
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorMessage: expect.stringContaining('Task timed out after 5.00 seconds'),
  });
});

test('an entry of several lines stays one, and the logger names the request', async () => {
  const { log, requestId } = await app.invoke('acts', { act: 'log' }, { tail: true });
  expect(log).toEqual(
    expect.arrayContaining([
      'two',
      'lines',
      expect.stringMatching(new RegExp(`^I, \\[.+ #\\d+\\]  INFO ${requestId} -- app: from the logger$`)),
    ]),
  );
});

test('with the format JSON, the logger writes objects', async () => {
  const { log, requestId } = await app.invoke('json', { act: 'log' }, { tail: true });
  const line = log.find((each) => each.includes('from the logger'));
  expect(JSON.parse(line ?? '')).toMatchObject({
    level: 'INFO',
    message: 'from the logger',
    requestId,
    logger: 'app',
  });
});
