import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { completionScript } from '../../src/cli/completion';
import { runCommand } from '../support/app/command';
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

test('the script for bash completes in a real bash', async () => {
  await using folder = await TemporaryFolder.make();
  const command = join(folder.path, 'lambdock');
  const main = join(__dirname, '../../dist/main.js');
  await writeFile(command, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
  await chmod(command, 0o755);
  const script = join(folder.path, 'script');
  await writeFile(
    script,
    `${completionScript('bash')}COMP_WORDS=(lambdock start --bases d); COMP_CWORD=3; _lambdock; echo "\${COMPREPLY[@]}"\n`,
  );
  const env = { PATH: `${folder.path}:${process.env.PATH}` };
  const { stdout } = await promisify(execFile)('bash', [script], { env });
  expect(stdout).toBe('docker-hub debian\n');
});

test('an unknown shell is refused with those that are known', async () => {
  expect(await runCommand(['completion', 'tcsh'])).toMatchObject({
    code: 1,
    stderr: 'lambdock: The shell must be one of bash, zsh, fish, got tcsh.\n',
  });
});
