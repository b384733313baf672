import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunningCommand, runCommand } from '../support/command';
import { runtimeImage } from '../support/images';
import { TemporaryFolder } from '../support/temporary-folder';

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

async function made(template: string): Promise<string> {
  const ended = await runCommand(['init', template, template], { workingDirectory: folder.path });
  expect(ended).toMatchObject({ code: 0 });
  return join(folder.path, template);
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

test('a project of an image is built and runs', async () => {
  const path = await made('image');
  const file = join(path, 'lambdock.yaml');
  const args = `args: { BASE: "${await runtimeImage('nodejs22.x')}" }`;
  await writeFile(file, (await readFile(file, 'utf8')).replace('context: hello', `context: hello, ${args}`));
  await hosted(path, []);
});

test.each(['node', 'typescript'])('a project of %s runs, and its own test passes', async (template) => {
  const path = await made(template);
  await installed(path);
  await hosted(path, []);
  await npm(path, 'test');
});
