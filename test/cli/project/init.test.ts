import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectTemplates } from '../../../src/cli/project/templates';
import { version } from '../../../src/settings/version';
import { runCommand } from '../../support/app/command';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

const init = (...words: readonly string[]) =>
  runCommand(['init', ...words], { workingDirectory: folder.path });
const read = (...path: readonly string[]) => readFile(join(folder.path, ...path), 'utf8');

test.each(Object.keys(projectTemplates))(
  '%s has a test, a compose file and CI, with this version',
  async (template) => {
    const { code, stdout } = await init(template, 'Mine');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^created tests\/.*hello/m);
    expect(stdout).toContain('cd Mine\n');
    expect(stdout).not.toContain('{{');
    const compose = parse(await read('Mine', 'docker-compose.yml'));
    expect(compose.services.lambdock.image).toBe(`lambdock/emulator:\${LAMBDOCK_TAG:-${version}}`);
    expect(
      parse(await read('Mine', '.github', 'workflows', 'ci.yml')).jobs.test.steps.length,
    ).toBeGreaterThan(2);
    expect(await read('Mine', '.gitignore')).toContain('.lambdock/');
    expect(await read('Mine', 'README.md')).toMatch(/^# mine\n/);
  },
);

test('without words it makes a Node.js project in the working directory', async () => {
  expect(await init()).toMatchObject({ code: 0, stdout: expect.stringContaining('created lambdock.yaml') });
  expect(JSON.parse(await read('package.json'))).toMatchObject({
    devDependencies: { lambdock: `^${version}` },
  });
});

test('a file that exists is not overwritten, and nothing is written', async () => {
  await mkdir(join(folder.path, 'hello'));
  await writeFile(join(folder.path, 'hello', 'app.py'), '# mine\n');
  const ended = await init('python');
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'it has hello/app.py. Pass an empty folder, e.g. npx lambdock init python',
    ),
  });
  expect(await read('hello', 'app.py')).toBe('# mine\n');
  await expect(read('lambdock.yaml')).rejects.toThrow('ENOENT');
});

test('an unknown template is refused with those that there are', async () => {
  expect(await init('cobol')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^lambdock: No template cobol\. Pass one of node, python, typescript, image, sam/,
    ),
  });
});
