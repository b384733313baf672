import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const project = join(__dirname, '..', 'fixtures', 'sam');

async function started(folder: string, parameter: readonly string[] = []): Promise<RunningApp> {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((_event, { count }) => count);
  const template = join(folder, 'template.yaml');
  return RunningApp.start({ engine, functions: {}, flags: { template, parameter } });
}

const configuration = (app: RunningApp, FunctionName: string) =>
  app.client.send(new GetFunctionConfigurationCommand({ FunctionName }));

test('hosts a SAM project without changes', async () => {
  await using app = await started(project);
  expect((await app.invoke('orders-dev')).payload).toBe(1);
  expect((await app.invoke('Tick')).payload).toBe(1);
  expect((await app.invoke('Billing')).payload).toBe(1);
  await expect(app.invoke('OnlyInProd')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(await configuration(app, 'orders-dev')).toMatchObject({
    Runtime: 'python3.13',
    Handler: 'app.handler',
    MemorySize: 256,
    Timeout: 20,
    Environment: {
      Variables: {
        STAGE: 'dev',
        TABLE: 'orders',
        TICK: 'arn:aws:lambda:us-east-1:000000000000:function:Tick',
      },
    },
  });
});

test('values for its parameters come with the command', async () => {
  await using app = await started(project, ['Stage=prod']);
  expect(await configuration(app, 'orders-prod')).toMatchObject({ MemorySize: 1_024 });
  expect((await app.invoke('OnlyInProd')).payload).toBe(1);
});

test('a nested template that changes is deployed again, as is the code that a function has inline', async () => {
  await using folder = await TemporaryFolder.make();
  await cp(project, folder.path, { recursive: true });
  await using app = await started(folder.path);
  expect((await app.invoke('Billing')).payload).toBe(1);
  app.foresee(/is ready/);
  const change = async (file: string, from: string, to: string) => {
    const path = join(folder.path, file);
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  };
  await change('nested/template.yaml', 'MemorySize: 512', 'MemorySize: 1024');
  await app.prints(/Billing: .+ → ready/);
  expect(await configuration(app, 'Billing')).toMatchObject({ MemorySize: 1_024 });
  const before = await configuration(app, 'Tick');
  await change('template.yaml', 'tick: by', 'tack: by');
  await app.prints(/Tick: .+ → ready/);
  expect((await configuration(app, 'Tick')).CodeSha256).not.toBe(before.CodeSha256);
});
