import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../support/app/command';
import { RecordingServer } from '../support/clients/recording-server';
import { TemporaryFolder } from '../support/lib/temporary-folder';

/** A folder with a template and the code that it names. */
async function project(template: string): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'code'));
  await writeFile(join(folder.path, 'code/index.mjs'), 'export const handler = async () => 1;\n');
  await writeFile(join(folder.path, 'lambdock.yaml'), template);
  return folder;
}

const good = 'functions:\n  hello: { runtime: nodejs24.x, handler: index.handler, code: code }\n';
const start = (folder: TemporaryFolder, ...words: readonly string[]) =>
  runCommand(['start', ...words], { workingDirectory: folder.path });

test('a template with mistakes: each with its place and what is allowed', async () => {
  await using folder = await project(
    good.replace('nodejs24.x', 'nodejs99.x').replace('}', ', memorySize: 64 }'),
  );
  const ended = await start(folder);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  const lines = ended.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(ended.stderr).toMatch(
    /lambdock\.yaml:2:\d+: functions\.hello\.runtime must be one of .+nodejs24\.x.*, got nodejs99\.x/,
  );
  expect(ended.stderr).toMatch(
    /lambdock\.yaml:2:\d+: functions\.hello\.memorySize must be between 128 and 10240 MB, got 64/,
  );
});

test('bad flags, bad settings and bad functions are all reported at once', async () => {
  await using folder = await project(`spares: many\n${good.replace('}', ', memorySize: 64 }')}`);
  const ended = await start(folder, '--port', '70000', '--freeze', 'flse');
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr.split('\n')).toEqual([
    'lambdock: --port must be between 0 and 65535, got 70000',
    '--freeze must be true or false, got flse. Did you mean false?',
    'lambdock.yaml:1:1: spares must be between 0 and 100, or counts by runtime or function such as python3.13=4,hello=2, got many',
    expect.stringMatching(/^lambdock\.yaml:3:\d+: functions\.hello\.memorySize must be between/),
    '',
  ]);
});

test('no template: how to name one', async () => {
  await using folder = await TemporaryFolder.make();
  const ended = await start(folder);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toBe(
    'lambdock: lambdock.yaml: does not exist. Write one that names your functions, or name another file with --template.\n',
  );
});

test('a bad flag', async () => {
  await using folder = await project(good);
  const ended = await start(folder, '--spares', 'many');
  expect(ended).toMatchObject({
    code: 1,
    stderr:
      'lambdock: --spares must be between 0 and 100, or counts by runtime or function such as python3.13=4,hello=2, got many\n',
  });
});

test('a port in use: which one, and how to take another', async () => {
  await using folder = await project(good);
  await using other = await RecordingServer.start();
  const ended = await start(folder, '--port', String(other.port));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    `lambdock: Port ${other.port} is in use at 127.0.0.1. Stop the program that uses it, or pass another port: --port ${other.port + 1}\n`,
  );
});

test('an address that is not one of this machine', async () => {
  await using folder = await project(good);
  const ended = await start(folder, '--host', '192.0.2.1', '--port', '0');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    'lambdock: Cannot listen at 192.0.2.1: it is not an address of this machine. Pass another one, e.g. --host 127.0.0.1.\n',
  );
});

test('without an engine: lists the addresses that were tried, and the next step', async () => {
  await using folder = await project(good);
  const ended = await start(folder, '--port', '0', '--docker-host', 'unix:///nowhere/engine.sock');
  expect(ended.code).toBe(1);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(ended.stderr).toMatch(/^lambdock: .*\/nowhere\/engine\.sock.*\n$/);
});

test('a host name that does not resolve is named, without a stack', async () => {
  await using folder = await project(good);
  const ended = await start(folder, '--host', 'no-such-host.invalid', '--port', '0');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /^lambdock: Cannot resolve the host name no-such-host\.invalid \(E\w+\)\. Pass an address of this machine with --host, e\.g\. --host 127\.0\.0\.1\.\n$/,
  );
});

test('a data folder that is a file is one sentence with the next step', async () => {
  await using folder = await project(good);
  const file = join(folder.path, 'lambdock.yaml');
  const ended = await start(folder, '--data', file, '--port', '0');
  expect(ended).toMatchObject({
    code: 1,
    stderr: `lambdock: Cannot create the folder ${file}: a file of this name exists. Remove it, or pass another path.\n`,
  });
});
