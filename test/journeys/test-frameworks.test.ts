import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emulatorImage } from '../support/engine/emulator-image';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(600_000);

const root = join(__dirname, '..', '..');
const execute = promisify(execFile);
let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

const npm = (cwd: string, words: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
  execute('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...process.env, ...variables },
  });

test('the example of the Testcontainers module passes with the packed module', async () => {
  const image = await emulatorImage();
  const source = join(root, 'packages', 'testcontainers');
  const { stdout } = await npm(source, ['pack', '--silent', '--pack-destination', folder.path]);
  const tarball = join(folder.path, stdout.trim().split('\n').at(-1) ?? '');
  const project = join(folder.path, 'project');
  await cp(join(source, 'example'), project, { recursive: true });
  const file = join(project, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  manifest.devDependencies['@lambdock/testcontainers'] = `file:${tarball}`;
  await writeFile(file, JSON.stringify(manifest));
  await npm(project, ['install']);
  await npm(project, ['test'], { LAMBDOCK_IMAGE: image });
});

async function python(...words: readonly string[]): Promise<void> {
  await execute(join(folder.path, 'venv', 'bin', 'python'), words);
}

const failing = `
def test_fails(lambdock):
    lambdock.invoke("hello", {"name": "before"})
    assert lambdock.invoke("hello", {"name": "Eve"}).payload == "something else"


def test_passes_before(lambdock):
    lambdock.invoke("hello", {"name": "quiet"})
`;

test('the example of the pytest plugin passes, and a test that fails shows the logs', async () => {
  await execute('python3', ['-m', 'venv', join(folder.path, 'venv')]);
  const source = join(folder.path, 'plugin');
  await cp(join(root, 'python', 'pytest-lambdock'), source, { recursive: true });
  await python('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', source);
  const project = join(source, 'example');
  const env = { ...process.env, LAMBDOCK_COMMAND: `${process.execPath} ${join(root, 'dist', 'main.js')}` };
  const pytest = (...words: readonly string[]) =>
    execute(join(folder.path, 'venv', 'bin', 'pytest'), ['--color=no', ...words], { cwd: project, env });
  expect((await pytest()).stdout).toContain('2 passed');
  await writeFile(join(project, 'tests', 'test_failing.py'), failing);
  const failed = await pytest('tests/test_failing.py').catch((error: { stdout: string }) => error);
  expect(failed.stdout).toContain('1 failed, 1 passed');
  expect(failed.stdout).toMatch(/- lambdock logs -[\s\S]*hello greeting Eve/);
  expect(failed.stdout).not.toContain('greeting quiet');
});
