import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningCommand } from '../../support/app/command';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const instance = `lambdock-test-start-${process.pid}`;
const sandboxes = () =>
  docker.listContainers({ all: true, filters: { label: [`lambdock.instance=${instance}`] } });

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'code'));
  const code =
    'export const handler = async ({ ms = 0 }) => new Promise((end) => setTimeout(end, ms, "over"));\n';
  await writeFile(join(folder.path, 'code/index.mjs'), code);
  await writeFile(
    join(folder.path, 'lambdock.yaml'),
    'functions:\n  hello: { runtime: nodejs24.x, handler: index.handler, code: code, timeout: 30 }\n',
  );
});

afterAll(async () => {
  for (const { Id } of await sandboxes()) await docker.getContainer(Id).remove({ force: true });
  await folder[Symbol.asyncDispose]();
});

/** Runs in the foreground on a free port. */
function start(): RunningCommand {
  return new RunningCommand(['start', '--port', '0', '--instance', instance], {
    workingDirectory: folder.path,
  });
}

/** The options that lead other commands to it, once the function is ready. */
async function whenReady(command: RunningCommand): Promise<readonly string[]> {
  const [, address = ''] = await command.prints(/listening at (\S+)/);
  await command.prints(/hello is ready/);
  return ['--endpoint', address];
}

const invoke = (payload: string, at: readonly string[]) =>
  new RunningCommand(['invoke', 'hello', '-p', payload, ...at]);

test('Ctrl-C lets a running call end, and leaves no container', async () => {
  await using command = start();
  await using call = invoke('{"ms":1500}', await whenReady(command));
  await command.prints(/START RequestId/);
  command.signal('SIGINT');
  expect(await call.ended).toMatchObject({ code: 0, stdout: '"over"\n' });
  expect(await command.ended).toMatchObject({ code: 0 });
  expect(await sandboxes()).toEqual([]);
}, 60_000);

test('a second Ctrl-C ends at once, although a call is running', async () => {
  await using command = start();
  await using call = invoke('{"ms":20000}', await whenReady(command));
  await command.prints(/START RequestId/);
  command.signal('SIGINT');
  await command.prints(/press Ctrl-C again/);
  command.signal('SIGINT');
  expect(await command.ended).toMatchObject({ code: 130 });
  expect(await call.ended).toMatchObject({ code: 1 });
}, 60_000);

test('after kill -9 the next start removes the sandboxes that were left, and SIGTERM ends it', async () => {
  await using first = start();
  await using call = invoke('{}', await whenReady(first));
  expect(await call.ended).toMatchObject({ code: 0 });
  const left = new Set((await sandboxes()).map(({ Id }) => Id));
  expect(left.size).toBeGreaterThan(0);
  first.signal('SIGKILL');
  await first.ended;
  await using second = start();
  const at = await whenReady(second);
  const now = (await sandboxes()).map(({ Id }) => Id);
  expect(now.filter((id) => left.has(id))).toEqual([]);
  await using again = invoke('{}', at);
  expect(await again.ended).toMatchObject({ code: 0 });
  second.signal('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(await sandboxes()).toEqual([]);
}, 60_000);

test('SIGTERM to the whole process group lets a call end and prints nothing but the shutdown', async () => {
  await using command = start();
  await using call = invoke('{"ms":1500}', await whenReady(command));
  await command.prints(/START RequestId/);
  command.signalGroup('SIGTERM');
  expect(await call.ended).toMatchObject({ code: 0, stdout: '"over"\n' });
  const ended = await command.ended;
  expect(ended.code).toBe(0);
  expect(ended.stderr).toBe('Shutting down… press Ctrl-C again to force quit\n');
  expect(ended.stdout.split('\n').filter((line) => line.startsWith('lambdock | '))).toEqual([
    expect.stringContaining('listening at'),
    'lambdock | hello is ready',
  ]);
  expect(await sandboxes()).toEqual([]);
}, 60_000);
