import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../support/running-app';
import { TemporaryFolder } from '../support/temporary-folder';

jest.setTimeout(180_000);

/** Imports that take 0.5 s of a CPU: 6.9 s at the share of 128 MB, which is more than the timeout. */
const code = `
import time
until = time.process_time() + 0.5
while time.process_time() < until: pass

def handler(event, context):
    if event.get("hang"): time.sleep(60)
    return "well"
`;

async function started(folder: TemporaryFolder, settings: object): Promise<RunningApp> {
  await writeFile(join(folder.path, 'app.py'), code);
  const small = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: folder.path,
    memorySize: 128,
    timeout: 6,
  };
  return RunningApp.start({ functions: { small }, settings: { ...settings } });
}

test('after a timeout the runtime starts again at full speed, and the next call succeeds', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder, {});
  expect((await app.invoke('small', { hang: true })).functionError).toBe('Unhandled');
  expect((await app.invoke('small', {})).payload).toBe('well');
  expect((await app.invoke('small', {})).payload).toBe('well');
});

test('with resetInit: throttled every later call times out, and lambdock names the loop', async () => {
  await using folder = await TemporaryFolder.make();
  await using app = await started(folder, { resetInit: 'throttled' });
  app.foresee(/small: 3 calls in a row timed out/);
  expect((await app.invoke('small', { hang: true })).functionError).toBe('Unhandled');
  for (let call = 0; call < 3; call += 1) {
    expect((await app.invoke('small', {})).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
  }
  await app.prints(/small: 3 calls in a row timed out while its runtime was starting/);
});
