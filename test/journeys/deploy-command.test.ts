import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateAliasCommand, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { runCommand } from '../support/app/command';
import { RunningApp } from '../support/app/running-app';
import { FakeEngine } from '../support/fakes/fake-engine';
import { lambdaRuntime } from '../support/fakes/fake-runtime';

const start = () => {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((event, { process }) => ({ event, stage: process.environment.STAGE }));
  return RunningApp.start({ engine, functions: {} });
};

test('deploy creates a function from a folder, updates code and settings, and prints it', async () => {
  await using app = await start();
  const at = ['--endpoint', app.address];
  const folder = join(app.folder, 'hello');
  await mkdir(folder);
  await writeFile(join(folder, 'app.py'), 'def handler(event, context):\n    return 1\n');
  const created = await runCommand(['deploy', folder, '--env', 'STAGE=dev', ...at]);
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/function:hello is active\./) });
  expect(created.stderr).toMatch(/hello: created/);
  expect((await app.invoke('hello', 1)).payload).toEqual({ event: 1, stage: 'dev' });

  const same = await runCommand(['deploy', folder, ...at]);
  expect(same.stderr).toMatch(/hello: the code has not changed\nhello: updated/);
  await app.client.send(new PublishVersionCommand({ FunctionName: 'hello' }));
  await app.client.send(
    new CreateAliasCommand({ FunctionName: 'hello', Name: 'live', FunctionVersion: '1' }),
  );
  await writeFile(join(folder, 'app.py'), 'def handler(event, context):\n    return 2\n');
  const updated = await runCommand(['deploy', folder, '--env', 'STAGE=prod', '--memory', '512', ...at]);
  expect(updated.stderr).toMatch(/hello: updated/);
  expect((await app.invoke('hello')).payload).toMatchObject({ stage: 'prod' });
  expect((await app.invoke('hello', undefined, { Qualifier: 'live' })).payload).toMatchObject({
    stage: 'dev',
  });

  const listed = await runCommand(['list', ...at]);
  expect(listed.stdout).toMatch(/^hello .* ready {2}1, live -> 1$/m);
  const { stdout } = await runCommand(['config', 'hello', '--timeout', '7', ...at]);
  expect(stdout).toMatch(/^Memory +512 MB\nTimeout +7 s$/m);
  expect(stdout).toMatch(/^Variable STAGE +prod$/m);
  expect(stdout).toMatch(/^Versions +1\nAliases +live -> 1$/m);
});

test('reports a refusal of the API in its words', async () => {
  await using app = await start();
  const at = ['--endpoint', app.address];
  const folder = join(app.folder, 'hello');
  await mkdir(folder);
  await writeFile(join(folder, 'app.py'), 'def handler(event, context):\n    return 1\n');
  const small = await runCommand(['deploy', folder, '--memory', '1', ...at]);
  expect(small.code).toBe(1);
  expect(small.stderr).toMatch(
    /1 validation error detected: Value '1' at 'memorySize' failed to satisfy constraint/,
  );
  const absent = await runCommand(['config', 'nothing', ...at]);
  expect(absent.stderr).toMatch(/^lambdock: ResourceNotFoundException: Function not found: arn:aws:lambda:/);
});
