import {
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { Deployer } from '../../support/functions/deployer';

jest.setTimeout(180_000);

let app: RunningApp;

const code = `
import os, time
from snapshot_restore_py import register_after_restore, register_before_snapshot

events = ['init']

def before():
    print('before the snapshot')
    events.append('before')

def after():
    print('after the restore')
    if os.environ.get('SLOW'):
        time.sleep(60)
    if os.environ.get('BROKEN'):
        raise ValueError('cannot restore')
    events.append('after')

register_before_snapshot(before)
register_after_restore(after)

def handler(event, context):
    events.append('invoke')
    return [os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], *events]
`;

beforeAll(async () => {
  app = await RunningApp.start({ settings: { spares: 0 }, functions: {} });
});

afterAll(() => app?.[Symbol.asyncDispose]());

async function published(name: string, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  await new Deployer(app.client).create(name, code, { Timeout: 30, MemorySize: 512 });
  await app.client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: name,
      SnapStart: { ApplyOn: 'PublishedVersions' },
      Environment: { Variables: variables },
    }),
  );
  await waitUntilFunctionUpdatedV2({ client: app.client, maxWaitTime: 120 }, { FunctionName: name });
  await app.client.send(new PublishVersionCommand({ FunctionName: name }));
}

/** The log once it has such a line. */
async function logWith(name: string, isThere: (text: string) => boolean): Promise<readonly string[]> {
  for (;;) {
    const texts = (await app.log(name)).map(({ text }) => text);
    if (texts.some(isThere)) return texts;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('publishing a version runs its init, and its first invocation restores it', async () => {
  await published('restored');
  const before = await logWith('restored', (text) => text === 'before the snapshot');
  expect(before).toEqual([
    expect.stringMatching(/^INIT_START Runtime Version: python:3\.13/),
    'before the snapshot',
  ]);
  while (!(await app.environments()).some(({ state }) => state === 'ready'))
    await new Promise((again) => setTimeout(again, 20));
  const first = await app.invoke('restored', {}, { Qualifier: '1', tail: true });
  expect(first.payload).toEqual(['snap-start', 'init', 'before', 'after', 'invoke']);
  const log = await logWith('restored', (text) => text.startsWith('REPORT'));
  expect(log.slice(2)).toEqual([
    expect.stringMatching(/^RESTORE_START Runtime Version: python:3\.13\.v1\tRuntime Version ARN: arn:/),
    'after the restore',
    expect.stringMatching(/^RESTORE_REPORT Restore Duration: [\d.]+ ms$/),
    expect.stringMatching(/^START /),
    expect.stringMatching(/^END /),
    expect.stringMatching(/^REPORT .*\tRestore Duration: [\d.]+ ms\tBilled Restore Duration: \d+ ms\t$/),
  ]);
  expect(log.at(-1)).not.toContain('Init Duration');
});

test('a warm invocation of the version is not restored again', async () => {
  const second = await app.invoke('restored', {}, { Qualifier: '1', tail: true });
  expect((second.payload as string[]).slice(1)).toEqual(['init', 'before', 'after', 'invoke', 'invoke']);
  expect(second.log.at(-1)).not.toContain('Restore Duration');
});

test('$LATEST has no snapshot', async () => {
  expect((await app.invoke('restored', {})).payload).toEqual(['on-demand', 'init', 'invoke']);
});

test('a hook that fails after the restore is the response', async () => {
  await published('broken', { BROKEN: 'yes' });
  const { functionError, payload } = await app.invoke('broken', {}, { Qualifier: '1' });
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({ errorMessage: 'cannot restore' });
});

test('a hook that takes longer than 10 s after the restore is SnapStartTimeoutException', async () => {
  await published('slow', { SLOW: 'yes' });
  await expect(app.invoke('slow', {}, { Qualifier: '1' })).rejects.toMatchObject({
    name: 'SnapStartTimeoutException',
    message: "Lambda couldn't restore the snapshot within the timeout limit.",
    $metadata: { httpStatusCode: 408 },
  });
  const log = await logWith('slow', (text) => text.startsWith('REPORT'));
  expect(log.at(-1)).toContain('Status: timeout');
});
