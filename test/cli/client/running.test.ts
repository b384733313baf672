import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRunning, forgetRunning, recordRunning } from '../../../src/cli/client/running';
import { runCommand } from '../../support/app/command';
import { RecordingServer } from '../../support/clients/recording-server';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

/** Answers as the lambdock of this name, without functions. */
async function lambdock(instance: string): Promise<RecordingServer> {
  const server = await RecordingServer.start();
  server.json(200, { status: 'ok', instance, functions: [], notices: [] });
  return server;
}

const list = (workingDirectory: string, ...words: readonly string[]) =>
  runCommand(['list', ...words], { workingDirectory });

test('a record is found from its folder and from every folder below', async () => {
  const record = { endpoint: 'http://127.0.0.1:9001', instance: 'mine' };
  recordRunning(folder.path, record);
  expect(findRunning(folder.path)).toEqual(record);
  expect(findRunning(join(folder.path, 'a/b'))).toEqual(record);
  forgetRunning(folder.path, 'other');
  expect(findRunning(folder.path)).toEqual(record);
  forgetRunning(folder.path, 'mine');
  expect(findRunning(folder.path)).toBeUndefined();
});

test('a record of a process that has ended, or one that is not valid, counts as absent', async () => {
  const { pid } = process;
  recordRunning(folder.path, { endpoint: 'http://127.0.0.1:1', instance: 'mine', pid });
  expect(findRunning(folder.path)).toBeDefined();
  // Above every number that Linux gives to a process.
  recordRunning(folder.path, { endpoint: 'http://127.0.0.1:1', instance: 'mine', pid: 2 ** 30 });
  expect(findRunning(folder.path)).toBeUndefined();
  await writeFile(join(folder.path, '.lambdock/running.json'), '{"endpoint":');
  expect(findRunning(folder.path)).toBeUndefined();
});

test('commands talk to the lambdock of the folder they run in', async () => {
  await using mine = await lambdock('mine');
  const below = join(folder.path, 'src');
  await mkdir(below);
  recordRunning(folder.path, { endpoint: mine.endpoint, instance: 'mine' });
  expect(await list(below)).toMatchObject({ code: 0, stderr: '' });
  expect(mine.requests.map(({ url }) => url)).toContain('/_lambdock/functions');
});

test('a template in the middle of an edit does not keep commands from the running lambdock', async () => {
  await using mine = await lambdock('mine');
  await writeFile(join(folder.path, 'lambdock.yaml'), 'functions: [');
  expect(await list(folder.path)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('lambdock.yaml:'),
  });
  recordRunning(folder.path, { endpoint: mine.endpoint, instance: 'mine' });
  expect(await list(folder.path)).toMatchObject({ code: 0, stderr: '' });
});

test('an endpoint that is named wins over the record of the folder', async () => {
  await using mine = await lambdock('mine');
  await using other = await lambdock('other');
  recordRunning(folder.path, { endpoint: mine.endpoint, instance: 'mine' });
  expect(await list(folder.path, '--endpoint', other.endpoint)).toMatchObject({ code: 0 });
  expect(mine.requests).toEqual([]);
});

test('another lambdock at the recorded address is not taken for the one of the folder', async () => {
  await using other = await lambdock('other');
  recordRunning(folder.path, { endpoint: other.endpoint, instance: 'mine' });
  const template = join(folder.path, 'lambdock.yaml');
  // A port where nothing listens: the reserved one.
  await writeFile(template, 'port: 1\n');
  const ended = await list(folder.path);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('http://127.0.0.1:1') });
  expect(other.requests.map(({ url }) => url)).toEqual(['/_lambdock/health']);
});
