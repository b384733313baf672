import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateFunctionCommand, GetFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { codeOf, refusalOf, role } from '../../support/functions/deployer';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const shared = sharedApp(() => emptyApp());
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** A folder whose `app.py` says this: see `codeRuntime`. */
async function written(name: string, says: string): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'app.py'), says);
  return path;
}

const create = (FunctionName: string, S3Key: string) =>
  shared.client.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Runtime: 'python3.13',
      Handler: 'app.handler',
      Code: { S3Bucket: 'hot-reload', S3Key },
    }),
  );

/** Resolves when the function says this. */
async function says(name: string, text: string): Promise<void> {
  while ((await shared.app.invoke(name)).payload !== text);
}

test('code of the bucket hot-reload is a folder, which is followed', async () => {
  shared.app.foresee(/live: .* changed, deployed/);
  const path = await written('live', 'first');
  await create('live', path);
  expect((await shared.app.invoke('live')).payload).toBe('first');
  await written('live', 'second');
  await says('live', 'second');
  await shared.deployer.updated('live');
  const { Code } = await shared.client.send(new GetFunctionCommand({ FunctionName: 'live' }));
  expect((await fetch(Code?.Location ?? '')).status).toBe(200);
});

test('changes one after another are all deployed in the end', async () => {
  shared.app.foresee(/busy: .* changed, deployed/);
  await create('busy', await written('busy', 'v0'));
  for (let version = 1; version <= 5; version += 1) await written('busy', `v${version}`);
  await says('busy', 'v5');
  await written('busy', 'last');
  await says('busy', 'last');
});

test('a folder that is removed leaves the code as it was, and is followed when it is there again', async () => {
  shared.app.foresee(/back: (not deployed|.* changed, deployed)/);
  const path = await written('back', 'before');
  await create('back', path);
  await says('back', 'before');
  await rm(path, { recursive: true });
  await shared.app.prints(/back: not deployed\. Cannot read code from the bucket hot-reload/);
  expect((await shared.app.invoke('back')).payload).toBe('before');
  await written('back', 'after');
  await says('back', 'after');
});

test('a function that gets a zip is not followed any more', async () => {
  const path = await written('zipped', 'folder');
  await create('zipped', path);
  await says('zipped', 'folder');
  await shared.deployer.updated('zipped');
  await shared.client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'zipped', ...(await codeOf('zip')) }),
  );
  await says('zipped', 'zip');
  await written('zipped', 'folder again');
  const later = await written('later', 'one');
  await create('later', later);
  shared.app.foresee(/later: .* changed, deployed/);
  await written('later', 'two');
  await says('later', 'two');
  expect((await shared.app.invoke('zipped')).payload).toBe('zip');
});

test.each([
  ['a path that is not absolute', 'src/app', 'is not an absolute path'],
  ['a folder that is not there', '/nowhere/to/be/found', 'cannot be used'],
])('refuses %s, and says what to pass', async (_what, key, why) => {
  const [status, name, message] = await refusalOf(create('refused', key));
  expect([status, name]).toEqual([400, 'InvalidParameterValueException']);
  expect(message).toContain(`the key ${key} ${why}`);
});
