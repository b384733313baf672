import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCompose } from '../../src/cli/host/compose';
import { run } from '../../src/cli/host/run';
import { RunningCommand, runCommand } from '../support/app/command';
import { emulatorImage } from '../support/engine/emulator-image';
import { removeImage, runtimeImage } from '../support/engine/runtime-image';
import { freePort } from '../support/lib/free-port';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(600_000);

const root = join(__dirname, '..', '..');
const execute = promisify(execFile);
const instance = `lambdock-test-init-${process.pid}`;

let folder: TemporaryFolder;
let tarball: string;

const npm = (cwd: string, ...words: readonly string[]) =>
  execute('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], { cwd });

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const { stdout } = await npm(root, 'pack', '--silent', '--pack-destination', folder.path);
  tarball = join(folder.path, stdout.trim().split('\n').at(-1) ?? '');
});

afterAll(() => folder?.[Symbol.asyncDispose]());

async function made(template: string, name = template): Promise<string> {
  const ended = await runCommand(['init', template, name], { workingDirectory: folder.path });
  expect(ended).toMatchObject({ code: 0 });
  return join(folder.path, name);
}

/** What `npm install` does, but with this lambdock instead of a published one. */
async function installed(path: string): Promise<void> {
  const file = join(path, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  manifest.devDependencies.lambdock = `file:${tarball}`;
  await writeFile(file, JSON.stringify(manifest));
  await npm(path, 'install');
}

/** Starts the project, invokes its function, and calls `use` with the address. */
async function hosted(
  path: string,
  words: readonly string[],
  use: (endpoint: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await using command = new RunningCommand(['start', ...words, '--port', '0', '--instance', instance], {
    workingDirectory: path,
  });
  const [, endpoint = ''] = await command.prints(/listening at (\S+)/);
  await command.prints(/hello is ready/);
  const invoked = await runCommand(['invoke', 'hello', '-p', '{"name":"x"}', '--endpoint', endpoint]);
  expect(invoked).toMatchObject({ code: 0 });
  expect(JSON.parse(invoked.stdout)).toEqual({ message: 'Hello, x!' });
  await use(endpoint);
  command.signal('SIGTERM');
  expect(await command.ended).toMatchObject({ code: 0 });
}

const ownTest = (path: string) => async (endpoint: string) => {
  const env = { ...process.env, LAMBDOCK_ENDPOINT: endpoint };
  await execute('python3', ['-m', 'unittest', 'discover', 'tests'], { cwd: path, env });
};

test('a Python project runs, and its own test passes', async () => {
  const path = await made('python');
  await hosted(path, [], ownTest(path));
});

test('a SAM project runs, and its own test passes', async () => {
  const path = await made('sam');
  await hosted(path, ['--template', 'template.yaml'], ownTest(path));
});

test("a project's compose file hosts its function", async () => {
  const path = await made('sam', 'composed');
  const port = await freePort();
  const [, tag = ''] = (await emulatorImage()).split(':');
  const command = await findCompose(() => undefined);
  const environment = { LAMBDOCK_TAG: tag, LAMBDOCK_PORT: String(port), COMPOSE_PROJECT_NAME: instance };
  const compose = (...words: readonly string[]) =>
    run([...command, ...words], { workingDirectory: path, environment });
  try {
    const { code, tail } = await compose('up', '--detach');
    expect({ code, tail }).toMatchObject({ code: 0 });
    const at = ['--endpoint', `http://127.0.0.1:${port}`];
    expect(await runCommand(['wait', 'hello', ...at, '--timeout', '120'])).toMatchObject({ code: 0 });
    const invoked = await runCommand(['invoke', 'hello', '-p', '{"name":"x"}', ...at]);
    expect(JSON.parse(invoked.stdout)).toEqual({ message: 'Hello, x!' });
  } finally {
    await compose('down', '--volumes');
  }
});

test('a project of an image is built and runs', async () => {
  const path = await made('image');
  const file = join(path, 'lambdock.yaml');
  const args = `args: { BASE: "${await runtimeImage('nodejs22.x')}" }`;
  await writeFile(file, (await readFile(file, 'utf8')).replace('context: hello', `context: hello, ${args}`));
  let image = '';
  await hosted(path, [], async (endpoint) => {
    const { stdout } = await runCommand(['list', '--json', '--endpoint', endpoint]);
    image = JSON.parse(stdout)[0].image;
  });
  expect(image).toMatch(/^lambdock-build\/hello-/);
  await removeImage(image);
});

test.each(['node', 'typescript'])('a project of %s runs, and its own test passes', async (template) => {
  const path = await made(template);
  await installed(path);
  await hosted(path, []);
  await npm(path, 'test');
});
