import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp, sharedFolder } from '../../support/app/running-app';
import { AwsCli } from '../../support/clients/aws-cli';
import { zipOf } from '../../support/functions/zips';

jest.setTimeout(180_000);

let app: RunningApp;
let aws: AwsCli;
let folder: string;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  aws = await AwsCli.open();
  folder = await mkdtemp(join(sharedFolder(), 'command-line-'));
});

afterAll(async () => {
  await aws?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true });
});

/** What the command prints, read; it must have gone well. */
async function lambda(...words: readonly string[]): Promise<unknown> {
  const { code, output } = await aws.lambda([...words, '--endpoint-url', app.address, '--output', 'json']);
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  return output.trim() === '' ? undefined : JSON.parse(output);
}

async function codeSaying(text: string): Promise<string> {
  const path = join(folder, `${text}.zip`);
  await writeFile(path, await zipOf({ 'app.py': `def handler(event, context):\n    return '${text}'\n` }));
  return `fileb://${path}`;
}

test('create, wait, invoke, update, publish, list and delete with the AWS CLI, in real sandboxes', async () => {
  const name = ['--function-name', 'shown'];
  const answer = async (...words: readonly string[]) => {
    const { output } = await aws.invoke('shown', {}, ['--endpoint-url', app.address, ...words]);
    return output.trim().split('\n').at(-1)?.replace(/^.*\}/, '');
  };
  const created = await lambda(
    ...['create-function', ...name, '--runtime', 'python3.13', '--handler', 'app.handler'],
    ...['--role', 'arn:aws:iam::000000000000:role/any', '--zip-file', await codeSaying('one')],
  );
  expect(created).toMatchObject({ FunctionName: 'shown', State: 'Pending', Version: '$LATEST' });
  await lambda('wait', 'function-active-v2', ...name);
  expect(await answer()).toBe('"one"');
  expect(await lambda('publish-version', ...name)).toMatchObject({ Version: '1' });

  await lambda('update-function-code', ...name, '--zip-file', await codeSaying('two'));
  await lambda('wait', 'function-updated-v2', ...name);
  const changed = await lambda(
    'update-function-configuration',
    ...name,
    '--memory-size',
    '256',
    '--timeout',
    '5',
  );
  expect(changed).toMatchObject({ MemorySize: 256, Timeout: 5 });
  await lambda('wait', 'function-updated-v2', ...name);
  expect([await answer(), await answer('--qualifier', '1')]).toEqual(['"two"', '"one"']);

  expect(await lambda('list-versions-by-function', ...name)).toMatchObject({
    Versions: [
      { Version: '$LATEST', MemorySize: 256 },
      { Version: '1', MemorySize: 128 },
    ],
  });
  await lambda('delete-function', ...name);
  expect(await lambda('list-functions')).toEqual({ Functions: [] });
});
