import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { NodeDebugger } from '../../support/debuggers/node-debugger';
import { PythonDebugger } from '../../support/debuggers/python-debugger';
import { removeImage, runtimeImage } from '../../support/engine/runtime-image';
import { freePort } from '../../support/lib/free-port';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

let folder: TemporaryFolder;

const node = `export const handler = async ({ name }) => {
  const greeting = 'Hello ' + name;
  return greeting;
};
`;
const python = `def handler(event, context):
    greeting = "Hello " + event["name"]
    return greeting
`;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'node'));
  await mkdir(join(folder.path, 'python'));
  await writeFile(join(folder.path, 'node', 'index.mjs'), node);
  await writeFile(join(folder.path, 'python', 'app.py'), python);
});

afterAll(() => folder[Symbol.asyncDispose]());

const nodeFunction = (debug: unknown) => ({
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  code: join(folder.path, 'node'),
  timeout: 1,
  debug,
});

const start = (functions: Readonly<Record<string, Readonly<Record<string, unknown>>>>, flags = {}) =>
  RunningApp.start({ settings: { spares: 0 }, functions, flags, keepStore: true });

interface Paused {
  readonly callFrames: readonly { readonly callFrameId: string; readonly functionName: string }[];
}

/** Lets a runtime that waits go on, stops at the line that returns, reads a variable, and continues. */
async function debugNode(port: number, invoked: () => Promise<unknown>): Promise<unknown> {
  using debug = await NodeDebugger.connect(port);
  await debug.call('Runtime.enable');
  await debug.call('Debugger.enable');
  await debug.call('Debugger.setBreakpointByUrl', { urlRegex: '.*/var/task/index\\.mjs$', lineNumber: 2 });
  await debug.call('Runtime.runIfWaitingForDebugger');
  const answer = invoked();
  const { callFrames } = await debug.event<Paused>('Debugger.paused');
  const [frame] = callFrames;
  expect(frame?.functionName).toBe('handler');
  const { result } = await debug.call<{ result: { value: unknown } }>('Debugger.evaluateOnCallFrame', {
    callFrameId: frame?.callFrameId,
    expression: 'greeting',
  });
  // Longer than the function's timeout.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await debug.call('Debugger.resume');
  expect(await answer).toMatchObject({ payload: 'Hello x' });
  return result.value;
}

test('a breakpoint in a Node.js function is hit, a variable is read, and no timeout ends it', async () => {
  const port = await freePort();
  await using app = await start({ hello: nodeFunction(port) });
  expect(app.output).toContain(`hello: a debugger can connect to 127.0.0.1:${port}`);
  expect(await debugNode(port, () => app.invoke('hello', { name: 'x' }))).toBe('Hello x');
});

test('with --debug-wait the runtime loads the function only after a debugger connects', async () => {
  const port = await freePort();
  const flags = { debug: [`hello:${port}`], debugWait: true };
  await using app = await start({ hello: nodeFunction(false) }, flags);
  const answer = app.invoke('hello', { name: 'x' });
  let isAnswered = false;
  void answer.then(() => {
    isAnswered = true;
  });
  while ((await app.environments('hello'))[0]?.state !== 'initializing') {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await debugNode(port, () => answer)).toBe('Hello x');
  expect(isAnswered).toBe(true);
});

test('calls at the same time share the one environment of a function that is debugged', async () => {
  const port = await freePort();
  await using app = await start({ hello: nodeFunction({ port }) });
  const calls = ['a', 'b', 'c'].map((name) => app.invoke('hello', { name }));
  const answers = await Promise.all(calls);
  expect(answers.map(({ payload }) => payload)).toEqual(['Hello a', 'Hello b', 'Hello c']);
  expect(await app.environments('hello')).toMatchObject([{ invocations: 3 }]);
});

test('a breakpoint in an image with Node.js is hit', async () => {
  const port = await freePort();
  const dockerfile = `FROM ${await runtimeImage('nodejs22.x')}\nCOPY index.mjs /var/task/\nCMD ["index.handler"]\n`;
  const context = join(folder.path, 'image');
  await mkdir(context);
  await writeFile(join(context, 'index.mjs'), node);
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  const image = `lambdock-test/debugged:${process.pid}`;
  try {
    await using app = await start({ hello: { image, build: { context }, timeout: 1, debug: port } });
    expect(await debugNode(port, () => app.invoke('hello', { name: 'x' }))).toBe('Hello x');
  } finally {
    await removeImage(image);
  }
});

interface Stopped {
  readonly reason: string;
  readonly threadId: number;
}

test.each(['python3.13', 'python3.9'])(
  'a breakpoint in a function of %s is hit, and a variable is read',
  async (runtime) => {
    const port = await freePort();
    const hello = {
      runtime,
      handler: 'app.handler',
      code: join(folder.path, 'python'),
      memorySize: 512,
      timeout: 1,
    };
    await using app = await start({ hello: { ...hello, debug: { port, wait: true } } });
    using debug = await PythonDebugger.connect(port);
    await debug.call('initialize', { adapterID: 'debugpy', pathFormat: 'path' });
    const pathMappings = [{ localRoot: join(folder.path, 'python'), remoteRoot: '/var/task' }];
    const attached = debug.send('attach', { justMyCode: true, pathMappings });
    await debug.event('initialized');
    const source = { path: join(folder.path, 'python', 'app.py') };
    await debug.call('setBreakpoints', { source, breakpoints: [{ line: 3 }] });
    await debug.call('configurationDone');
    await attached.response;
    const answer = app.invoke('hello', { name: 'x' });
    const { reason, threadId } = await debug.event<Stopped>('stopped');
    expect(reason).toBe('breakpoint');
    const { stackFrames } = await debug.call<{ stackFrames: { id: number; source: { path: string } }[] }>(
      'stackTrace',
      { threadId },
    );
    expect(stackFrames[0]?.source.path).toBe(source.path);
    const frameId = stackFrames[0]?.id;
    const { result } = await debug.call<{ result: string }>('evaluate', { expression: 'greeting', frameId });
    expect(result).toBe("'Hello x'");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await debug.call('continue', { threadId });
    expect(await answer).toMatchObject({ payload: 'Hello x' });
  },
);

test('a port that is in use is reported with the next step, and the function runs without a debugger', async () => {
  const port = await freePort();
  await using first = await start({ hello: nodeFunction(port) });
  await using second = await start({ hello: nodeFunction(port) });
  expect(second.output).toContain(
    `hello: cannot open 127.0.0.1:${port} for its debugger: the port is in use. Pass another port: --debug hello:${port + 1}`,
  );
  expect((await second.invoke('hello', { name: 'x' })).payload).toBe('Hello x');
  expect((await first.invoke('hello', { name: 'x' })).payload).toBe('Hello x');
});
