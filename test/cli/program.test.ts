import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandLine } from '../../src/cli/program';
import { version } from '../../src/settings/version';
import { runCommand } from '../support/app/command';
import { TemporaryFolder } from '../support/lib/temporary-folder';

test('the help names every command, and the version is the package', async () => {
  const help = await runCommand(['--help']);
  for (const name of [
    'up',
    'down',
    'start',
    'prepare',
    'invoke',
    'logs',
    'ps',
    'list',
    'retire',
    'deploy',
    'config',
    'init',
    'run',
    'event',
    'wait',
    'completion',
    'help',
  ]) {
    expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect((await runCommand(['--version'])).stdout).toBe(`${version}\n`);
});

test('help shows a command with examples, allowed values and defaults, and fails for an unknown one', async () => {
  const start = await runCommand(['help', 'start']);
  expect(start).toMatchObject({ code: 0 });
  const text = start.stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain('(default: 9000)');
  expect(text).toContain('(choices: "auto", "aws", "docker-hub", "debian")');
  expect(text).toContain('Examples: npx lambdock start');
  const unknown = await runCommand(['help', 'nosuch']);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/^error: unknown command 'nosuch'\. Commands: up, down, start, /);
  expect((await runCommand(['help', 'invok'])).stderr).toMatch(
    /^error: unknown command 'invok'\. Did you mean invoke\?/,
  );
});

test('an unknown command, option or number is refused with the way to the help', async () => {
  const outputs = await Promise.all([
    runCommand(['launch']),
    runCommand(['ps', '--nope']),
    runCommand(['logs', '-n', 'many']),
    runCommand(['down', '--project', 'No_Good']),
  ]);
  expect(outputs.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
  expect(outputs.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
    "error: unknown command 'launch'",
    "error: unknown option '--nope'",
    "error: option '-n, --lines <count>' argument 'many' is invalid. It must be a whole number, 0 or more.",
    "error: option '--project <name>' argument 'No_Good' is invalid. It must consist of lower-case letters, digits and -, at most 40.",
  ]);
  for (const { stderr } of outputs) expect(stderr).toContain('(see the help: lambdock --help)');
});

test('-t names the template for commands that host it, and asks for the end of the log when one invokes', async () => {
  for (const name of ['up', 'start', 'prepare', 'down', 'run']) {
    expect((await runCommand([name, '--help'])).stdout).toMatch(/-t, --template <file>/);
  }
  expect((await runCommand(['invoke', '--help'])).stdout).toMatch(/-t, --tail/);
});

test('reports all bad settings at once, each with its origin, without a stack', async () => {
  const ended = await runCommand(['list', '--port', '70000'], { environment: { LAMBDOCK_ENDPOINT: 'here' } });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /^lambdock: --port must be .+, got 70000\nLAMBDOCK_ENDPOINT must be .+, got here\n$/,
  );
});

test('reports where a template is not valid YAML', async () => {
  await using folder = await TemporaryFolder.make();
  await writeFile(join(folder.path, 'lambdock.yaml'), 'port: [9000\n');
  const ended = await runCommand(['list'], { workingDirectory: folder.path });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^lambdock: lambdock\.yaml:\d+:\d+: .+\n$/);
});

test("it can be run by its name from the project's folder, as the README does", async () => {
  const cwd = join(__dirname, '..', '..');
  const { stdout } = await promisify(execFile)('npx', ['--no', '--', 'lambdock', '--version'], { cwd });
  expect(stdout).toBe(`${version}\n`);
});

test('takes SAM`s overrides of parameters one by one or several at once', () => {
  const start = commandLine(() => undefined).commands.find((command) => command.name() === 'start');
  start?.parseOptions([
    '--parameter-overrides',
    'A=b',
    'C=d e',
    '--port',
    '1',
    '--parameter-overrides',
    'F=g',
  ]);
  expect(start?.opts()).toMatchObject({ parameterOverrides: ['A=b', 'C=d e', 'F=g'], port: '1' });
});
