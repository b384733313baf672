import { GenericContainer } from 'testcontainers';
import { RunningApp } from '../../support/app/running-app';
import { removeImage, runtimeImage } from '../../support/engine/runtime-image';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(120_000);

const handlerImage = `lambdock-test/handler:${process.pid}`;
const ownImage = `lambdock-test/own:${process.pid}`;
const missingImage = 'lambdock-test/missing:none';
let app: RunningApp;

beforeAll(async () => {
  const BASE = await runtimeImage('python3.13');
  const build = (target: string, tag: string) =>
    GenericContainer.fromDockerfile(functionsFolder('image'))
      .withBuildArgs({ BASE })
      .withTarget(target)
      .build(tag, { deleteOnExit: false });
  await build('handler', handlerImage);
  await build('own', ownImage);
  const own = { image: ownImage, memorySize: 1_024, timeout: 20 };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      handler: { image: handlerImage, memorySize: 1_024, timeout: 20 },
      'other-handler': { image: handlerImage, memorySize: 1_024, timeout: 20, command: ['app.other'] },
      own: { ...own, environment: { BOTH: 'function' } },
      'other-command': { ...own, command: ['/srv/own/own_runtime.py', 'as', 'declared'] },
      'other-entry': { ...own, entryPoint: ['/usr/bin/env', '-u', 'FROM_IMAGE', 'python3.13'] },
      elsewhere: {
        ...own,
        workingDirectory: '/tmp',
        command: ['/srv/own/own_runtime.py'],
      },
      'no-entry': { ...own, entryPoint: ['/no/such/program'] },
      'no-folder': { ...own, workingDirectory: '/no/such/folder' },
      'no-image': { ...own, image: missingImage },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await Promise.allSettled([removeImage(handlerImage), removeImage(ownImage)]);
});

test('the handler as the command of an image with Lambda’s own entry point', async () => {
  expect((await app.invoke('handler', { key: 1 })).payload).toEqual({
    handler: 'app.handler',
    kind: 'AWS_Lambda_python3.13',
    name: 'handler',
    event: { key: 1 },
  });
  expect((await app.invoke('other-handler')).payload).toBe('other');
});

test('an entry point, a command, a folder and variables of the image itself', async () => {
  expect((await app.invoke('own', { key: 1 }, { tail: true })).payload).toEqual({
    arguments: ['own_runtime.py', 'as', 'built'],
    folder: '/srv/own',
    fromImage: 'image',
    both: 'function',
    event: { key: 1 },
  });
  expect((await app.log('own')).map(({ text }) => text.split(' ')[0])).toEqual([
    'INIT_START',
    'START',
    'END',
    'REPORT',
  ]);
});

test('another command keeps the entry point, another entry point keeps the command', async () => {
  expect((await app.invoke('other-command')).payload).toMatchObject({
    arguments: ['/srv/own/own_runtime.py', 'as', 'declared'],
    both: 'image',
  });
  expect((await app.invoke('other-entry')).payload).toMatchObject({
    arguments: ['own_runtime.py', 'as', 'built'],
    fromImage: null,
  });
});

test('another folder', async () => {
  expect((await app.invoke('elsewhere')).payload).toMatchObject({ folder: '/tmp' });
});

test.each([
  ['no-entry', 'Runtime.InvalidEntrypoint', "Couldn't find valid bootstrap(s): [/no/such/program]"],
  ['no-folder', 'Runtime.InvalidWorkingDir', "the working directory doesn't exist: /no/such/folder"],
])('%s', async (name, errorType, message) => {
  const { payload, functionError, requestId, log } = await app.invoke(name, {}, { tail: true });
  expect({ payload, functionError }).toEqual({
    payload: { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` },
    functionError: 'Unhandled',
  });
  expect(log.at(-1)).toContain(`\tStatus: error\tError Type: ${errorType}\t`);
});

test('a missing image fails its function only, with the next step', async () => {
  app.foresee(/no-image/);
  expect(app.output).toMatch(
    /^lambdock \| no-image failed: The engine has no image lambdock-test\/missing:none, and it could not be pulled: .+ Build it \(`docker build -t`\)/m,
  );
  await expect(app.invoke('no-image')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect((await app.invoke('other-handler')).payload).toBe('other');
});
