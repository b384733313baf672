import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(600_000);

const python = ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'] as const;
const node = ['nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'] as const;
const nameOf = (runtime: string) => runtime.replace('.', '-');

interface Inside {
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: string;
  readonly context: unknown;
}

let app: RunningApp;

beforeAll(async () => {
  const shared = { memorySize: 1_024, timeout: 20, environment: { GREETING: 'hello', LANG: 'de_DE.UTF-8' } };
  const declared = [
    ...python.map((runtime) => [runtime, 'inside.handler', functionsFolder('python')] as const),
    ...node.map((runtime) => [runtime, 'acts.handler', functionsFolder('node')] as const),
  ];
  const lost = node.map((runtime) => [
    `lost-${nameOf(runtime)}`,
    { runtime, handler: 'nowhere.handler', code: functionsFolder('node') },
  ]);
  app = await RunningApp.start({
    settings: { spares: 0, region: 'eu-central-1', accountId: '123456789012' },
    functions: Object.fromEntries([
      ...declared.map(([runtime, handler, code]) => [nameOf(runtime), { ...shared, runtime, handler, code }]),
      ...lost,
    ]),
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

/** What a function of any managed runtime finds, as recorded from the real service. */
const everywhere = (runtime: string) => ({
  AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
  AWS_SECRET_ACCESS_KEY: expect.any(String),
  AWS_SESSION_TOKEN: expect.any(String),
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: nameOf(runtime),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${nameOf(runtime)}`,
  AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
  // Not the service's: SDKs in functions find lambdock by it.
  AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9001',
  AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
  _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
  _AWS_XRAY_DAEMON_PORT: '2000',
  _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
  LAMBDA_RUNTIME_DIR: '/var/runtime',
  LAMBDA_TASK_ROOT: '/var/task',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  LD_LIBRARY_PATH:
    '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
  PWD: '/var/task',
  SHLVL: '0',
  TZ: ':UTC',
  // The function's own value goes before the service's.
  LANG: 'de_DE.UTF-8',
  GREETING: 'hello',
});

/** What a shell and our image leave behind, and real functions may find or not. */
const incidental = new Set(['_', 'OLDPWD', '_LAMBDA_TELEMETRY_LOG_FD', 'HOME', 'HOSTNAME']);

const ownVariables = ({ environment }: Inside) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !incidental.has(name)));

const rows = (limits: string) =>
  Object.fromEntries(
    limits
      .split('\n')
      .slice(1, -1)
      .map((line) => [line.slice(0, 26).trim(), line.slice(26, 68).trim().split(/ +/)]),
  );

const context = (runtime: string, requestId: string) => ({
  functionName: nameOf(runtime),
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${nameOf(runtime)}`,
  memoryLimitInMB: '1024',
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${nameOf(runtime)}`,
  logStreamName: expect.any(String),
  remainingMs: expect.any(Number),
});

function checkLimits(limits: string): void {
  expect(rows(limits)).toMatchObject({
    'Max open files': ['1024', '1024'],
    'Max core file size': ['0', '0'],
    'Max locked memory': ['65536', '65536'],
    'Max stack size': ['8388608', 'unlimited'],
    'Max cpu time': ['unlimited', 'unlimited'],
    'Max address space': ['unlimited', 'unlimited'],
  });
}

describe.each(python)('%s', (runtime) => {
  let inside: Inside;
  let requestId: string;

  beforeAll(async () => {
    const answer = await app.invoke(nameOf(runtime), {});
    expect(answer.functionError).toBeUndefined();
    inside = answer.payload as Inside;
    requestId = answer.requestId;
  });

  test('its interpreter, its context and its limits', () => {
    expect(inside.runtime).toBe(runtime);
    expect(inside.context).toEqual(context(runtime, requestId));
    checkLimits(inside.limits);
  });

  test('its environment', () => {
    expect(ownVariables(inside)).toEqual({
      ...everywhere(runtime),
      _HANDLER: 'inside.handler',
      PYTHONPATH: '/var/runtime',
      LC_CTYPE: 'C.UTF-8',
    });
  });

  test("its user, its folder, and the modes of Lambda's paths", () => {
    expect(inside).toMatchObject({
      user: 'sbx_user1051',
      ids: [993, 990],
      cwd: '/var/task',
      modes: {
        '/var/task': 'drwxr-xr-x root',
        '/opt': 'drwxr-xr-x root',
        '/tmp': 'drwxrwxrwt root',
        '/lambda-entrypoint.sh': '-rwxr-xr-x root',
      },
    });
  });
});

describe.each(node)('%s', (runtime) => {
  let inside: Inside;
  let requestId: string;

  beforeAll(async () => {
    const answer = await app.invoke(nameOf(runtime), { act: 'inside' });
    expect(answer.functionError).toBeUndefined();
    inside = answer.payload as Inside;
    requestId = answer.requestId;
  });

  test('its interpreter, its context and its limits', () => {
    expect(inside.runtime).toBe(runtime);
    expect(inside.context).toEqual(context(runtime, requestId));
    checkLimits(inside.limits);
    expect(inside).toMatchObject({ user: 'sbx_user1051', cwd: '/var/task' });
  });

  test('its environment', () => {
    const major = runtime.slice('nodejs'.length, -'.x'.length);
    expect(ownVariables(inside)).toEqual({
      ...everywhere(runtime),
      _HANDLER: 'acts.handler',
      NODE_PATH: `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task`,
    });
  });

  test('an error of its handler', async () => {
    const { payload, functionError } = await app.invoke(nameOf(runtime), { act: 'fail', message: 'no luck' });
    expect({ payload, functionError }).toEqual({
      payload: { errorType: 'TypeError', errorMessage: 'no luck', trace: expect.any(Array) },
      functionError: 'Unhandled',
    });
  });
});

test.each(node)('%s names a missing module as Lambda does', async (runtime) => {
  const { payload, functionError } = await app.invoke(`lost-${nameOf(runtime)}`);
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Error: Cannot find module 'nowhere'\nRequire stack:\n- /var/runtime/index.mjs",
  });
});
