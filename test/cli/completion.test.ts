import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../support/app/command';
import { InteractiveShell, installShells, type ShellName } from '../support/app/shells';
import { RecordingServer } from '../support/clients/recording-server';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const complete = async (...words: readonly string[]) =>
  (await runCommand(['__complete', ...words])).stdout.split('\n').slice(0, -1);

test('commands, options and allowed values are completed', async () => {
  expect(await complete('st')).toEqual(['start', 'stats']);
  expect(await complete('logs', '--fi')).toEqual(['--filter']);
  expect(await complete('start', '--bases', 'd')).toEqual(['docker-hub', 'debian']);
  expect(await complete('logs', '--invocation', '')).toEqual(['last']);
  expect(await complete('help', 'de')).toEqual(['deploy']);
  expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await complete('event', 'apig')).toEqual(['apigateway', 'apigateway-v2']);
  expect(await complete('event', 's3', '--b')).toEqual(['--bucket']);
  expect(await complete('init', 'py')).toEqual(['python']);
  expect(await complete('wai')).toEqual(['wait']);
  expect(await complete('nosuch', '')).toEqual([]);
});

test('names of functions come from the running lambdock; without one there are none', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [{ name: 'hello' }, { name: 'help-me' }, { name: 'other' }], notices: [] });
  const at = ['--endpoint', server.endpoint];
  expect(await complete('invoke', ...at, 'he')).toEqual(['hello', 'help-me']);
  expect(await complete('invoke', '--endpoint', 'http://127.0.0.1:1', '')).toEqual([]);
});

describe('at a terminal', () => {
  let shell: InteractiveShell | undefined;

  beforeAll(installShells, 600_000);
  afterEach(() => shell?.[Symbol.asyncDispose]());

  const setUp: Readonly<Record<ShellName, string>> = {
    bash: 'source <(lambdock completion bash)',
    zsh: 'autoload -Uz compinit && compinit -u -D && source <(lambdock completion zsh)',
    fish: 'lambdock completion fish | source',
  };

  /** A `lambdock` that answers shells as the real one does, and else shows its arguments. */
  async function commandIn(folder: string): Promise<void> {
    const main = join(__dirname, '../../dist/main.js');
    const path = join(folder, 'lambdock');
    const text = `#!/bin/sh
case $1 in __complete|completion) exec ${process.execPath} ${main} "$@";; esac
echo "ran with: $*;"
`;
    await writeFile(path, text);
    await chmod(path, 0o755);
  }

  test.each<ShellName>(['bash', 'zsh', 'fish'])('%s completes options, values and names', async (name) => {
    await using folder = await TemporaryFolder.make();
    await commandIn(folder.path);
    await using server = await RecordingServer.start();
    server.json(200, { functions: [{ name: 'greeting' }, { name: 'thumbnail' }], notices: [] });
    shell = new InteractiveShell(name, {
      PATH: `${folder.path}:${process.env.PATH}`,
      HOME: folder.path,
    });
    // The quotes keep the line that is typed from being taken for what it prints.
    shell.type(`${setUp[name]}; echo rea""dy\n`);
    await shell.shows(/^.*ready\r?$/m);
    for (const [typed, whole] of [
      ['start --bases deb', 'start --bases debian'],
      ['logs --fil', 'logs --filter'],
      [`invoke --endpoint ${server.endpoint} thu`, `invoke --endpoint ${server.endpoint} thumbnail`],
    ] as const) {
      shell.type(`lambdock ${typed}\t`);
      await shell.shows(new RegExp(`${whole.split(' ').at(-1)}`));
      shell.type('\n');
      await shell.shows(new RegExp(`ran with: ${whole};`));
    }
  });
});

test('an unknown shell is refused with those that are known', async () => {
  expect(await runCommand(['completion', 'tcsh'])).toMatchObject({
    code: 1,
    stderr: 'lambdock: The shell must be one of bash, zsh, fish, got tcsh.\n',
  });
});
