import Docker from 'dockerode';
import { GenericContainer } from 'testcontainers';
import { type Invoked, RunningApp } from '../../support/app/running-app';
import { removeImage, runtimeImage } from '../../support/engine/runtime-image';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(300_000);

const targets = [
  'static',
  'command-only',
  'nothing',
  'shell-entry',
  'path-entry',
  'relative-entry',
  'volume',
  'settings',
  'emulator',
  'emulator-in-shell',
  'emulator-in-script',
  'missing-name',
  'missing',
  'not-executable',
  'no-interpreter',
  'no-format',
] as const;

const imageOf = (target: string) => `lambdock-test/grid-${target}:${process.pid}`;
let app: RunningApp;

beforeAll(async () => {
  const args = { BASE: await runtimeImage('python3.13'), TOOLCHAIN: await runtimeImage('toolchain') };
  for (const target of targets) {
    await GenericContainer.fromDockerfile(functionsFolder('image-grid'))
      .withBuildArgs(args)
      .withTarget(target)
      .build(imageOf(target), { deleteOnExit: false });
  }
  const functions = Object.fromEntries(targets.map((target) => [target, { image: imageOf(target) }]));
  const docker = new Docker();
  const { Id } = await docker.getImage(imageOf('static')).inspect();
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      ...functions,
      'own-folder': { image: imageOf('static'), workingDirectory: '/srv/deep' },
      'relative-folder': { image: imageOf('static'), workingDirectory: 'deep' },
      'file-folder': { image: imageOf('static'), workingDirectory: '/loop' },
      'own-command': { image: imageOf('static'), command: ['declared'] },
      'own-entry': { image: imageOf('static'), entryPoint: ['/loop', '-x'] },
      'by-id': { image: Id },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await Promise.allSettled(targets.map((target) => removeImage(imageOf(target))));
});

const readOnly = { '/': false, '/data': false, '/tmp': true };

test.each([
  ['static', ['/loop', 'as', 'built'], '/'],
  ['by-id', ['/loop', 'as', 'built'], '/'],
  ['command-only', ['/bin/loop', 'x'], '/srv/deep'],
  ['own-command', ['/loop', 'declared'], '/'],
  ['own-entry', ['/loop', '-x', 'as', 'built'], '/'],
  ['shell-entry', ['./loop', 'from', 'shell'], '/srv'],
  ['path-entry', ['loop', 'by', 'name'], '/srv'],
  ['relative-entry', ['./loop'], '/srv'],
  ['volume', ['/srv/loop'], '/srv'],
  ['settings', ['/srv/loop'], '/srv'],
])('%s starts %j in %s, as the function user, and only /tmp is writable', async (name, args, folder) => {
  const { payload } = await app.invoke(name);
  expect(payload).toEqual({ arguments: args, folder, user: 993, writes: readOnly });
});

test.each([
  ['emulator', ['/srv/loop', 'app.handler'], true],
  ['emulator-in-shell', ['/srv/loop', 'app.handler'], true],
  ['emulator-in-script', ['/srv/loop', 'app.handler'], false],
])("%s runs without AWS's emulator", async (name, args, isSaid) => {
  expect((await app.invoke(name)).payload).toMatchObject({ arguments: args });
  expect(app.output.includes(`${name} | ${imageOf(name)} starts AWS's runtime interface emulator`)).toBe(
    isSaid,
  );
});

const launchLine = (message: string, entryPoint: string, command: string, folder: string) =>
  `IMAGE\tLaunch error: ${message}\tEntrypoint: [${entryPoint}]\tCmd: [${command}]\tWorkingDir: [${folder}]`;

function expectFailure(answer: Invoked, errorType: string, message: string): void {
  const { payload, functionError, requestId } = answer;
  expect({ payload, functionError }).toEqual({
    payload: { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` },
    functionError: 'Unhandled',
  });
}

test.each([
  ['nothing', "Couldn't find valid bootstrap(s): []", '', '', '/'],
  [
    'missing-name',
    "Couldn't find valid bootstrap(s): [no-such-program]",
    'no-such-program',
    'app.handler',
    '/srv',
  ],
  [
    'missing',
    "Couldn't find valid bootstrap(s): [/no/such/program]",
    '/no/such/program,with,arguments',
    '',
    '/srv',
  ],
  [
    'not-executable',
    'fork/exec /srv/not-executable.sh: permission denied',
    '/srv/not-executable.sh',
    '',
    '/srv',
  ],
  [
    'no-interpreter',
    'fork/exec /srv/no-interpreter.sh: no such file or directory',
    '/srv/no-interpreter.sh',
    '',
    '/srv',
  ],
  ['no-format', 'fork/exec /srv/no-format.sh: exec format error', '/srv/no-format.sh', '', '/srv'],
])('%s fails with %s', async (name, message, entryPoint, command, folder) => {
  const answer = await app.invoke(name, {}, { tail: true });
  expectFailure(answer, 'Runtime.InvalidEntrypoint', message);
  const { requestId } = answer;
  const line = launchLine(message, entryPoint, command, folder);
  const initReport = (phase: string) =>
    expect.stringMatching(
      new RegExp(
        `^INIT_REPORT Init Duration: [\\d.]+ ms\\tPhase: ${phase}\\tStatus: error\\tError Type: Runtime.InvalidEntrypoint$`,
      ),
    );
  expect(answer.log).toEqual([
    line,
    initReport('init'),
    line,
    initReport('invoke'),
    `START RequestId: ${requestId} Version: $LATEST`,
    `RequestId: ${requestId} Error: ${message}`,
    'Runtime.InvalidEntrypoint',
    `END RequestId: ${requestId}`,
    expect.stringMatching(/^REPORT .*\tStatus: error\tError Type: Runtime.InvalidEntrypoint\t$/),
  ]);
});

test.each([
  ['own-folder', "the working directory doesn't exist: /srv/deep", '/srv/deep'],
  ['relative-folder', "the working directory 'deep' is invalid, it needs to be an absolute path", 'deep'],
  ['file-folder', 'chdir /loop: not a directory', '/loop'],
])('%s fails with %s', async (name, message, folder) => {
  const answer = await app.invoke(name, {}, { tail: true });
  expectFailure(answer, 'Runtime.InvalidWorkingDir', message);
  expect(answer.log[0]).toBe(launchLine(message, '/loop', 'as,built', folder));
});

test("a declared volume has the image's content, and no volume is left at the end", async () => {
  const docker = new Docker();
  const filters = { label: [`lambdock.instance=${app.instance}`] };
  await app.invoke('volume');
  const { Volumes } = await docker.listVolumes({ filters });
  expect(Volumes.length).toBe(2);
  const { Mountpoint } = Volumes.find(({ Name }) => Name.startsWith(`lambdock-${app.instance}-`)) ?? {};
  expect(Mountpoint).toBeDefined();
  const cat = { image: imageOf('volume'), entryPoint: ['/usr/bin/cat', '/data/file'] };
  await using other = await RunningApp.start({ settings: { spares: 0 }, functions: { cat } });
  await other.invoke('cat');
  expect((await other.log('cat')).map(({ text }) => text)).toContain('content');
});
