import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let folders: TemporaryFolder;

const code = `
import json, os, time

def handler(event, context):
    if event.get('sleep'):
        time.sleep(event['sleep'])
    if event.get('exit'):
        os._exit(3)
    with open('/tmp/extension-events') as file:
        return [json.loads(line) for line in file]
`;

const silent = `#!/bin/sh
exec sleep 1000
`;

beforeAll(async () => {
  folders = await TemporaryFolder.make();
  const files = {
    'code/app.py': [code, 0o644],
    'silent/extensions/silent': [silent, 0o755],
  } as const;
  for (const [path, [text, mode]] of Object.entries(files)) {
    const file = join(folders.path, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text, { mode });
  }
  const observed = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folders.path, 'code'),
    layers: [functionsFolder('layers/extensions')],
    memorySize: 1_024,
    timeout: 20,
  };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      observed,
      slow: { ...observed, environment: { EXTENSION: 'slow' } },
      crashing: { ...observed, environment: { EXTENSION: 'crash' } },
      broken: { ...observed, environment: { EXTENSION: 'init-error' } },
      late: { ...observed, timeout: 3 },
      waiting: { ...observed, layers: [join(folders.path, 'silent')], timeout: 3 },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folders?.[Symbol.asyncDispose]();
});

interface Noted {
  readonly function?: { functionName: string; functionVersion: string; handler: string };
  readonly names?: readonly string[];
  readonly cwd?: string;
  readonly event?: Record<string, unknown>;
}

test('an external extension registers before the runtime, and gets INVOKE with each invocation', async () => {
  const first = await app.invoke('observed', {}, { tail: true });
  const noted = first.payload as Noted[];
  expect(noted[0]?.function).toEqual({
    functionName: 'observed',
    functionVersion: '$LATEST',
    handler: 'app.handler',
  });
  const second = await app.invoke('observed', {});
  const events = (second.payload as Noted[]).flatMap(({ event }) => (event ? [event] : []));
  expect(events.map(({ eventType, requestId }) => [eventType, requestId])).toContainEqual([
    'INVOKE',
    first.requestId,
  ]);
  expect(events[0]).toMatchObject({
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:observed',
    tracing: { type: 'X-Amzn-Trace-Id' },
  });
});

test('an extension has the function`s variables, except those of the runtime', async () => {
  const [noted] = (await app.invoke('observed', {})).payload as Noted[];
  expect(noted?.names).toEqual(
    expect.arrayContaining([
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_REGION',
      'AWS_ACCESS_KEY_ID',
      'PATH',
    ]),
  );
  for (const name of ['_HANDLER', 'AWS_EXECUTION_ENV', 'LAMBDA_TASK_ROOT', 'AWS_LAMBDA_LOG_GROUP_NAME'])
    expect(noted?.names).not.toContain(name);
});

test('the log lists the extension between the init phase and the first START', async () => {
  await app.invoke('observed', {});
  const log = await app.log('observed');
  const first = log.findIndex(({ text }) => text.startsWith('START '));
  expect(log[first - 1]?.text).toBe('EXTENSION\tName: observer\tState: Ready\tEvents: [INVOKE, SHUTDOWN]');
});

test('the caller gets its response while the extension still works, and REPORT includes that work', async () => {
  await app.invoke('slow', {});
  const second = await app.invoke('slow', {}, { tail: true });
  const report = second.log.find((line) => line.startsWith('REPORT')) ?? '';
  expect(Number(/\tDuration: ([\d.]+) ms/.exec(report)?.[1])).toBeGreaterThanOrEqual(1_000);
});

test('a crash of the extension ends the invocation, and the next one starts both again', async () => {
  const { functionError, payload } = await app.invoke('crashing', { sleep: 5 });
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorType: 'Extension.Crash',
    errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: exit status 5$/),
  });
  expect((await app.invoke('crashing', { sleep: 5 })).payload).toMatchObject({
    errorType: 'Extension.Crash',
  });
});

test('an init error of the extension is the answer, with its type', async () => {
  const { payload } = await app.invoke('broken', {});
  expect(payload).toMatchObject({
    errorType: 'Extension.InitError',
    errorMessage: expect.stringContaining('Extension.Broken'),
  });
});

test('an extension that never registers times out the init phase, and then the invocation', async () => {
  const { payload } = await app.invoke('waiting', {});
  expect(payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
});

test.each([
  ['a timeout', { sleep: 10 }, 'timeout', 'Sandbox.Timedout'],
  ['a crash of the runtime', { exit: true }, 'failure', 'Runtime.ExitError'],
])('after %s the extension gets SHUTDOWN with its reason', async (_, event, reason, errorType) => {
  await app.invoke('late', {});
  expect((await app.invoke('late', event)).payload).toMatchObject({ errorType });
  await app.prints(new RegExp(`observer got SHUTDOWN ${reason}`));
});

test('a retired environment sends SHUTDOWN with spindown', async () => {
  await app.invoke('observed', {});
  await app.retire('observed');
  await app.prints(/observer got SHUTDOWN spindown/);
});
