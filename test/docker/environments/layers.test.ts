import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(60_000);

let app: RunningApp;
let zips: TemporaryFolder;

beforeAll(async () => {
  zips = await TemporaryFolder.make();
  const zipped = join(zips.path, 'third.zip');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('NAME = "third"\n'), 'python/both.py');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(zipped));

  const layer = (name: string) => functionsFolder(join('layers', name));
  const python = {
    runtime: 'python3.13',
    handler: 'layered.handler',
    code: functionsFolder('python'),
    memorySize: 1_024,
    timeout: 20,
  };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      forwards: { ...python, layers: [layer('first'), layer('second')] },
      backwards: { ...python, layers: [layer('second'), layer('first')] },
      zipped: { ...python, layers: [layer('first'), zipped] },
      wrapped: {
        ...python,
        layers: [layer('first'), layer('wrapper')],
        environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' },
      },
      unwrapped: { ...python, environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' } },
      node: {
        ...python,
        runtime: 'nodejs22.x',
        handler: 'layered.handler',
        code: functionsFolder('node'),
        layers: [layer('first')],
      },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await zips?.[Symbol.asyncDispose]();
});

test.each([
  ['forwards', 'second'],
  ['backwards', 'first'],
  ['zipped', 'third'],
])('with layers %s, the last one wins if two have the same file', async (name, both) => {
  expect((await app.invoke(name)).payload).toMatchObject({
    both,
    onlyFirst: 'first',
    file: '/opt/python/both.py',
    opt: ['nodejs', 'python'],
  });
});

test('code, layers and other folders are read-only', async () => {
  const { refusals } = (await app.invoke('forwards')).payload as {
    readonly refusals: Readonly<Record<string, string | null>>;
  };
  expect(Object.keys(refusals)).toHaveLength(5);
  for (const refusal of Object.values(refusals)) {
    expect(refusal).toBe('Read-only file system');
  }
});

test("Node's modules come from a layer", async () => {
  expect((await app.invoke('node')).payload).toEqual({ name: 'first' });
});

test('a wrapper from a layer starts the runtime', async () => {
  expect((await app.invoke('wrapped')).payload).toMatchObject({
    wrapped: expect.stringMatching(/^\/var\/lang\/bin\/python/),
    options: ['lambdock', 'utf8'],
    wrapperMode: '-rwxr-xr-x',
  });
});

test('a missing wrapper', async () => {
  const { payload, requestId, log } = await app.invoke('unwrapped', {}, { tail: true });
  expect(payload).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 127`,
  });
  // The tail begins with the init, which is repeated.
  expect(log.slice(0, 3)).toEqual([
    '/opt/wrapper: does not exist',
    expect.stringMatching(/^INIT_REPORT .*\tPhase: init\t/),
    '/opt/wrapper: does not exist',
  ]);
});
