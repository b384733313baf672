import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../support/app/running-app';
import { functionsFolder } from '../support/functions/functions-folder';
import { compileC } from '../support/lib/compile-c';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(180_000);

let folder: TemporaryFolder;
let app: RunningApp;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const source = join(folder.path, 'bootstrap.c');
  await copyFile(join(functionsFolder('hostile-native'), 'bootstrap.c'), source);
  await compileC(source, 'bootstrap');
  const native = {
    runtime: 'provided.al2023',
    handler: 'x',
    code: folder.path,
    memorySize: 256,
    timeout: 60,
  };
  app = await RunningApp.start({ settings: { spares: 0 }, functions: { native } });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** `{what: how}` of a response `what: how; what: how; `. */
async function attack(name: string): Promise<Record<string, string>> {
  const { text, functionError } = await app.invoke('native', name);
  if (functionError !== undefined) throw new Error(`the attack itself failed: ${text}`);
  const said = String(JSON.parse(text)).split('; ').slice(0, -1);
  return Object.fromEntries(said.map((each) => each.split(': ') as [string, string]));
}

const works = async () => expect((await app.invoke('native', 'none')).payload).toBe('');

test('a program cannot reach the init, the kernel, the code or the machine', async () => {
  const outcomes = await attack('reach');
  expect(Object.keys(outcomes)).toHaveLength(24);
  expect(Object.entries(outcomes).filter(([, how]) => how === 'allowed')).toEqual([]);
  await works();
});

test('no socket in a sandbox takes a connection', async () => {
  expect(Object.values(await attack('sockets')).filter((how) => how === 'allowed')).toEqual([]);
  await works();
});

test('a fork bomb ends at 1,024 processes, and the function still works', async () => {
  expect(await attack('bomb')).toEqual({ 'ended by EAGAIN after at most 1024': 'yes' });
  await works();
});

test('a signal to the init and to every process does not end the environment', async () => {
  const before = (await app.environments('native'))[0]?.id;
  await attack('kill-all');
  expect((await app.environments('native'))[0]?.id).toBe(before);
  await works();
});

test.each(['shared', 'nameless'])('%s memory counts', async (name) => {
  const { payload, log } = await app.invoke('native', name, { tail: true });
  expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(log.at(-1)).toContain('Runtime.OutOfMemory');
  await works();
});

test('a stack that overflows ends the invocation, and the next one starts anew', async () => {
  const { payload } = await app.invoke('native', 'overflow');
  expect(payload).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/signal: segmentation fault/),
  });
  await works();
});

test('2,000 connections of nonsense to the Runtime API harm no one, and give nothing away', async () => {
  expect(await attack('besiege')).toEqual({
    "response to another's request": expect.stringMatching(/^HTTP\/1\.1 4/),
    "operator's route": expect.stringMatching(/^HTTP\/1\.1 40[34]/),
  });
  await works();
});
