import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { start } from '../../src/lambdock';
import { functionsFolder } from '../support/functions/functions-folder';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(240_000);

const root = join(__dirname, '..', '..');

test('a test starts lambdock, invokes, reads logs, forces a cold start, and leaves nothing', async () => {
  await using lambda = await start({
    functions: {
      acts: {
        runtime: 'python3.13',
        handler: 'acts.handler',
        code: functionsFolder('python'),
        memorySize: 512,
        timeout: 10,
      },
    },
  });
  const first = await lambda.invoke('acts', { act: 'say', text: 'from a test' });
  expect(first.functionError).toBeUndefined();
  expect(first.log).toContain('from a test');
  expect((await lambda.logs('acts')).map(({ text }) => text)).toContain('from a test');
  const client = new LambdaClient(lambda.clientConfig);
  const { StatusCode } = await client.send(new InvokeCommand({ FunctionName: 'acts' }));
  client.destroy();
  expect(StatusCode).toBe(200);
  expect(await lambda.retire('acts')).toBe(1);
  expect((await lambda.invoke('acts', { act: 'count' })).payload).toBe(1);
  await expect(lambda.invoke('nothing')).rejects.toThrow('Cannot invoke nothing: 404');
});

test('the package exports it, with types', async () => {
  await using folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'node_modules'));
  await symlink(root, join(folder.path, 'node_modules', 'lambdock'));
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(folder.path, 'use.mts'),
    `import { start, type Lambdock, resolveSettings } from 'lambdock';
     const use = async (): Promise<Lambdock> => start({ functions: { hello: { image: 'hello:latest' } } });
     console.log(typeof use, resolveSettings({ port: 0 }).port);`,
  );
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const options = [
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,esnext.disposable',
    '--strict',
  ];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types'), '--skipLibCheck'];
  execFileSync(tsc, [...options, ...types, '--preserveSymlinks', 'use.mts'], { cwd: folder.path });
  const printed = execFileSync(process.execPath, ['use.mjs'], { cwd: folder.path, encoding: 'utf8' });
  expect(printed).toBe('function 0\n');
});
