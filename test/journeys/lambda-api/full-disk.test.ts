import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  PublishLayerVersionCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { Emulator } from '../../support/app/emulator';
import { arnOf, codeOf, Deployer, role } from '../../support/functions/deployer';
import { zipOf } from '../../support/functions/zips';
import { failureOf } from '../../support/lib/failure';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const diskMiB = 16;
const settings = (FunctionName: string) => ({
  FunctionName,
  Role: role,
  Runtime: 'python3.13' as const,
  Handler: 'app.handler',
});

let folder: TemporaryFolder;
let emulator: Emulator;
const send: LambdaClient['send'] = (command: never) => emulator.client.send(command);

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  emulator = await Emulator.start(folder.path, { diskMiB });
  await new Deployer(emulator.client).create('small', 'small');
});

afterAll(async () => {
  await emulator?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** What a caller gets whose data had no room. */
const fullFor = (what: string) => ({
  name: 'InsufficientStorageException',
  $metadata: { httpStatusCode: 507 },
  message: `${what} failed: No space left on the disk of ${join(folder.path, 'data')}. Free space there ("docker system df" shows what images and volumes use), or pass a folder on another disk with --data.`,
});

const invoke = (payload: object, InvocationType: 'Event' | 'RequestResponse' = 'RequestResponse') =>
  send(new InvokeCommand({ FunctionName: 'small', InvocationType, Payload: JSON.stringify(payload) }));

test('code and layers that have no room are refused with path, name and what to free; the rest stays', async () => {
  const ZipFile = await zipOf({ 'app.py': 'big', blob: randomBytes((diskMiB + 4) * 1024 * 1024) });
  const create = new CreateFunctionCommand({ ...settings('big'), Code: { ZipFile } });
  expect(await failureOf(send(create))).toMatchObject(fullFor('CreateFunction for big'));
  await emulator.logs('CreateFunction for big failed: No space left');
  const update = new UpdateFunctionCodeCommand({ FunctionName: 'small', ZipFile });
  expect(await failureOf(send(update))).toMatchObject(fullFor('UpdateFunctionCode for small'));
  const publish = new PublishLayerVersionCommand({ LayerName: 'heavy', Content: { ZipFile } });
  expect(await failureOf(send(publish))).toMatchObject(fullFor('PublishLayerVersion for heavy'));
  expect(await failureOf(send(new GetFunctionCommand({ FunctionName: 'big' })))).toMatchObject({
    name: 'ResourceNotFoundException',
  });
  // What did not fit has left nothing: there is room again.
  await new Deployer(emulator.client).create('fits', 'fits');
  expect(Buffer.from((await invoke({})).Payload ?? []).toString()).toBe('"small"');
});

describe('once the disk is full', () => {
  const filler = () => join(emulator.dataFolder, 'filler');

  beforeAll(() => {
    const file = openSync(filler(), 'w');
    const block = Buffer.alloc(4096);
    const isWritten = () => {
      try {
        return writeSync(file, block) > 0;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
        return false;
      }
    };
    while (isWritten());
    closeSync(file);
  });

  test('an event that cannot be queued is refused, and so are changes of what is deployed', async () => {
    const text = 'x'.repeat(200_000);
    expect(await failureOf(invoke({ text }, 'Event'))).toMatchObject(fullFor('Invoke for small'));
    const create = new CreateFunctionCommand({ ...settings('late'), Code: await codeOf('late') });
    expect(await failureOf(send(create))).toMatchObject(fullFor('CreateFunction for late'));
    const tag = new TagResourceCommand({ Resource: arnOf('small'), Tags: { text: 'x'.repeat(200) } });
    expect(await failureOf(send(tag))).toMatchObject(fullFor(`TagResource for ${arnOf('small')}`));
  });

  test('functions run on without a log on the disk, which is said once', async () => {
    // More lines than the last page of the log's file has room for.
    for (let count = 0; count < 40; count += 1) expect((await invoke({})).StatusCode).toBe(200);
    await emulator.logs('logs/small.log cannot be written: No space left on the disk');
  });

  test('everything goes on as soon as there is room', async () => {
    rmSync(filler());
    await new Deployer(emulator.client).create('late', 'late');
    expect((await invoke({}, 'Event')).StatusCode).toBe(202);
  });
});
