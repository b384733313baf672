import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(60_000);

let app: RunningApp;

beforeAll(async () => {
  const limits = {
    runtime: 'python3.13',
    handler: 'limits.handler',
    code: functionsFolder('python'),
    timeout: 40,
  };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      small: limits,
      roomy: { ...limits, memorySize: 1_769, ephemeralStorage: 700 },
      bomb: { ...limits, memorySize: 3_008, timeout: 3 },
      other: { ...limits, memorySize: 1_769 },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('128 MB of memory and a full /tmp of 512 MB are counted separately', async () => {
  const filled = await app.invoke('small', { act: 'fill', megabytes: 510 }, { tail: true });
  expect(filled.payload).toEqual({ megabytes: 512, end: 'No space left on device' });
  expect((await app.invoke('small', { act: 'hold', megabytes: 80 })).payload).toBe(80);
  const maxMemoryUsed = Number(/Max Memory Used: (\d+) MB/.exec(filled.log.at(-1) ?? '')?.[1]);
  expect(maxMemoryUsed).toBeGreaterThan(4);
  expect(maxMemoryUsed).toBeLessThan(64);
});

test('with a full /tmp, memory is still limited to 128 MB', async () => {
  const { payload, log } = await app.invoke('small', { act: 'hold', megabytes: 100 }, { tail: true });
  expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(log.at(-1)).toContain('Error Type: Runtime.OutOfMemory');
});

test('/tmp has the configured size', async () => {
  expect((await app.invoke('roomy', { act: 'fill', megabytes: 600 })).payload).toEqual({
    megabytes: 700,
    end: 'No space left on device',
  });
});

test('1,024 open files, after which the function goes on', async () => {
  expect((await app.invoke('roomy', { act: 'files' })).payload).toEqual({
    last: 1_023,
    end: 'Too many open files',
  });
  expect((await app.invoke('roomy', { act: 'files' })).functionError).toBeUndefined();
});

test('1,024 processes and threads', async () => {
  const { payload } = await app.invoke('bomb', { act: 'threads' });
  expect(payload).toEqual({ started: expect.any(Number), end: "can't start new thread" });
  const { started } = payload as { readonly started: number };
  expect(started).toBeGreaterThan(1_000);
  expect(started).toBeLessThan(1_024);
});

test('a fork bomb ends with its timeout, and another function is not affected', async () => {
  const bombed = app.invoke('bomb', { act: 'bomb' });
  await app.prints(/^bomb \| bomb$/m);
  expect((await app.invoke('other', { act: 'hold', megabytes: 1 })).payload).toBe(1);
  expect((await app.invoke('other', { act: 'threads' })).payload).toMatchObject({
    end: "can't start new thread",
  });
  expect((await bombed).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
  // The init, and the runtime that was started anew.
  expect((await app.invoke('bomb', { act: 'count' })).payload).toBe(2);
});

test('processes that a handler leaves behind live on, until a reset', async () => {
  expect((await app.invoke('roomy', { act: 'orphans', count: 5 })).payload).toBe(7);
  expect((await app.invoke('roomy', { act: 'count' })).payload).toBe(7);
});

test('the init cannot be harmed from inside', async () => {
  await app.invoke('other', { act: 'signals' });
  expect((await app.invoke('other', { act: 'count' })).payload).toBe(2);
});

test('a function cannot reach the Runtime API of another', async () => {
  const { own } = (await app.invoke('roomy', { act: 'neighbours', hosts: [] })).payload as {
    readonly own: string;
  };
  const gateway = own.replace(/\.\d+$/, '.1');
  const { reached } = (await app.invoke('other', { act: 'neighbours', hosts: ['127.0.0.1', own, gateway] }))
    .payload as { readonly reached: readonly string[] };
  expect(reached).toEqual(['127.0.0.1']);
});
