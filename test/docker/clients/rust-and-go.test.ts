import { join } from 'node:path';
import { CreateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { compileGo, compileRust, place } from '../../support/clients/compiled';
import { invokeStream } from '../../support/clients/streamed';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(120_000);

let app: RunningApp;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const compiled = { rust: await compileRust(), go: await compileGo() };
  const code = async (language: 'rust' | 'go', program: string) => {
    const path = join(folder.path, language, program);
    await place(compiled[language](program), join(path, 'bootstrap'));
    return { runtime: 'provided.al2023', handler: 'bootstrap', code: path, memorySize: 512, timeout: 30 };
  };
  const observer = join(folder.path, 'layer');
  await place(compiled.rust('observer'), join(observer, 'extensions/observer'));
  const rust = await code('rust', 'graceful');
  const observed = { ...rust, layers: [observer] };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      rust,
      go: await code('go', 'graceful'),
      'rust-stream': await code('rust', 'streaming'),
      'go-stream': await code('go', 'streaming'),
      'go-url': { ...(await code('go', 'web')), environment: { SERVE: 'url' } },
      'observed-logs': { ...observed, environment: { OBSERVE: 'logs' } },
      'observed-telemetry': { ...observed, environment: { OBSERVE: 'telemetry' } },
    },
  });
  for (const FunctionName of ['rust-stream', 'go-url'])
    await app.client.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }),
    );
}, 600_000);

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

describe.each([
  ['rust', '_lambda-rust-runtime-no-op-graceful-shutdown-helper', 512],
  ['go', 'GoLangEnableSIGTERM', 512],
])('a function of %s with a handler of SIGTERM', (name, extension, memory) => {
  test('responds with its event and context, twice', async () => {
    for (const n of [1, 2]) {
      const { payload, requestId } = await app.invoke(name, { n });
      expect(payload).toMatchObject({ event: { n }, requestId, function: name, memory });
    }
  });

  test('returns its errors, and goes on', async () => {
    const { functionError, payload } = await app.invoke(name, { fail: true });
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorMessage: 'as the event asked' });
    expect((await app.invoke(name, { panic: true })).functionError).toBe('Unhandled');
    expect((await app.invoke(name, { n: 3 })).functionError).toBeUndefined();
  });

  test('runs the handler when its environment is retired', async () => {
    await app.invoke(name, { n: 4 });
    expect((await app.log(name)).map(({ text }) => text)).toContain(
      `EXTENSION\tName: ${extension}\tState: Ready\tEvents: []`,
    );
    await app.retire(name);
    await app.prints(new RegExp(`${name} function flushed`));
  });
});

describe.each(['rust-stream', 'go-stream'])('%s', (name) => {
  test('streams while it still works', async () => {
    const states: (string | undefined)[] = [];
    const { text, complete } = await invokeStream(app.client, name, { chunks: 20 }, async () => {
      const [environment] = await app.environments(name);
      states.push(environment?.state);
    });
    expect(text.slice(text.lastIndexOf('\0') + 1)).toBe(lines(20));
    expect(states[0]).toBe('invoking');
    expect(complete.ErrorCode).toBeUndefined();
  });
});

test('an error in the middle of a Go stream ends it, and the next one is whole', async () => {
  const { text, complete } = await invokeStream(app.client, 'go-stream', { chunks: 2, fail: true });
  expect(text).toBe(lines(2));
  expect(complete).toMatchObject({
    ErrorCode: 'Unhandled',
    ErrorDetails: expect.stringContaining('in the middle'),
  });
  const next = await invokeStream(app.client, 'go-stream', { chunks: 1 });
  expect([next.text, next.complete.ErrorCode]).toEqual([lines(1), undefined]);
});

test('the Rust client writes an error in the middle into the body, and the next stream is whole', async () => {
  const { text } = await invokeStream(app.client, 'rust-stream', { chunks: 2, fail: true });
  expect(text).toContain(`${lines(2)}Lambda-Runtime-Function-Error-Type: Runtime.StreamError\r\n`);
  const next = await invokeStream(app.client, 'rust-stream', { chunks: 1 });
  expect(next.text.endsWith(`\0${lines(1)}`)).toBe(true);
});

test.each([
  ['rust-stream', '/?chunks=2', { 'x-from': 'rust' }, ['a=1', 'b=2']],
  ['go-url', '/stream?chunks=2', { 'content-type': 'text/plain' }, []],
])(
  '%s streams to its function URL, with status, headers and cookies',
  async (name, path, headers, cookies) => {
    const response = await fetch(`${app.address}/_lambdock/urls/${name}${path}`);
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(response.headers.getSetCookie()).toEqual(cookies);
    expect(await response.text()).toBe(lines(2));
  },
);

test('lambdaurl passes the request on, and its cookies back', async () => {
  const response = await fetch(`${app.address}/_lambdock/urls/go-url/path?a=1`, { method: 'PUT', body: 'x' });
  expect(response.status).toBe(202);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toEqual({ method: 'PUT', path: '/path?a=1', body: 'x' });
});

// What an extension has not read when the invocation is over reaches it when it runs again: here, at its shutdown.
test('a Rust extension gets events, and platform and function logs', async () => {
  const { requestId } = await app.invoke('observed-logs', { n: 1 });
  await app.prints(new RegExp(`rust extension got INVOKE ${requestId}`));
  await app.retire('observed-logs');
  await app.prints(/rust extension got SHUTDOWN spindown/);
  await app.prints(new RegExp(`rust logs: start ${requestId}`));
  await app.prints(new RegExp(`rust logs: report ${requestId} 512`));
  await app.prints(/rust logs: function rust function flushed/);
});

test('a Rust extension gets telemetry of the init phase and of each invocation', async () => {
  const { requestId } = await app.invoke('observed-telemetry', { n: 1 });
  await app.retire('observed-telemetry');
  await app.prints(/rust telemetry: init Init/);
  await app.prints(new RegExp(`rust telemetry: done ${requestId} Success [1-9]\\d* spans`));
  await app.prints(new RegExp(`rust telemetry: report ${requestId} Success 512`));
});

const lines = (count: number) => Array.from({ length: count }, (_, chunk) => `chunk ${chunk}\n`).join('');
