import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(240_000);

/** With 128 MB: 72 ms of each second. */
const throttledQuota = 1_447;

interface Small {
  /** CPU time of the imports. */
  readonly importSeconds: number;
  readonly timeout: number;
}

async function started(folder: TemporaryFolder, { importSeconds, timeout }: Small, settings: object) {
  await writeFile(
    join(folder.path, 'app.py'),
    `
import time
until = time.process_time() + ${importSeconds}
while time.process_time() < until: pass

def handler(event, context):
    if event.get("hang"): time.sleep(60)
    return "well"
`,
  );
  const small = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: folder.path,
    memorySize: 128,
    timeout,
  };
  return RunningApp.start({ functions: { small }, settings: { ...settings } });
}

test('after a timeout the runtime starts again with the whole CPU, and has its share when it is ready', async () => {
  await using folder = await TemporaryFolder.make();
  // At the share these imports take 22 s.
  await using app = await started(folder, { importSeconds: 1.6, timeout: 20 }, {});
  const quota = async () => {
    const [environment] = await app.environments('small');
    const { HostConfig } = await new Docker().getContainer(environment?.engineId ?? '').inspect();
    return HostConfig.CpuQuota ?? 0;
  };
  expect((await app.invoke('small', { hang: true })).functionError).toBe('Unhandled');
  while ((await quota()) === throttledQuota) await new Promise(setImmediate);
  expect((await app.invoke('small', {})).payload).toBe('well');
  while ((await quota()) !== throttledQuota) await new Promise(setImmediate);
  expect((await app.invoke('small', {})).payload).toBe('well');
});

test('with resetInit: throttled every later call times out, and lambdock reports the loop', async () => {
  await using folder = await TemporaryFolder.make();
  // At the share these imports take 14 s.
  await using app = await started(folder, { importSeconds: 1, timeout: 3 }, { resetInit: 'throttled' });
  app.foresee(/small: 3 calls in a row timed out/);
  expect((await app.invoke('small', { hang: true })).functionError).toBe('Unhandled');
  for (let call = 0; call < 3; call += 1) {
    expect((await app.invoke('small', {})).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
  }
  await app.prints(/small: 3 calls in a row timed out while its runtime was starting/);
});
