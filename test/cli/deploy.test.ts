import { mkdir, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { runCommand } from '../support/app/command';
import { type Recorded, RecordingServer } from '../support/clients/recording-server';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const configuration = {
  FunctionName: 'thumb-nails',
  FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:thumb-nails',
  Version: '$LATEST',
  PackageType: 'Zip',
  Runtime: 'python3.13',
  Handler: 'app.handler',
  Role: 'arn:aws:iam::000000000000:role/lambdock',
  Description: '',
  CodeSize: 10,
  CodeSha256: 'abc',
  MemorySize: 128,
  Timeout: 3,
  LastModified: '2026-01-02T03:04:05.678+0000',
  Architectures: ['x86_64'],
  EphemeralStorage: { Size: 512 },
  Environment: { Variables: { STAGE: 'dev', LEVEL: 'info' } },
  State: 'Active',
  LastUpdateStatus: 'Successful',
};

const absent = (response: ServerResponse) =>
  response
    .writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' })
    .end('{"Type":"User","Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:x"}');

const json = (response: ServerResponse, value: unknown) => response.writeHead(200).end(JSON.stringify(value));

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
});

afterAll(() => folder[Symbol.asyncDispose]());

async function code(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

const sent = ({ method, url, body }: Recorded): string => {
  const { ZipFile: _, Code: __, ...rest } = body === '' ? {} : JSON.parse(body);
  return `${method} ${url} ${JSON.stringify(rest)}`;
};

test('creates a missing function from the files of its folder', async () => {
  await using server = await RecordingServer.start();
  let created = 0;
  server.answer = ({ method }, response) => {
    if (method === 'GET' && created === 0) return absent(response);
    created += 1;
    return json(response, created < 4 ? { ...configuration, State: 'Pending' } : configuration);
  };
  const path = await code('thumb nails', {
    'app.py': 'import os\n\ndef handler(event, context):\n    return 1\n',
  });
  const ended = await runCommand([
    'deploy',
    path,
    '--memory',
    '256',
    '--env',
    'A=b=c',
    '--endpoint',
    server.endpoint,
  ]);
  expect(ended).toMatchObject({
    code: 0,
    stdout: `${configuration.FunctionArn} is active. Invoke it: npx lambdock invoke thumb-nails -p '{}'\n`,
  });
  expect(ended.stderr).toMatch(
    /^Using the name thumb-nails \(the folder's\), the runtime python3\.13, the handler app\.handler \(app\.py has handler\)\. Change it with --name, --runtime or --handler\.\nZip: 1 file, 1 KB \(.*\)\nthumb-nails: creating\nthumb-nails: Pending, Successful\nthumb-nails: Active, Successful\nthumb-nails: created \(.*\)\n$/,
  );
  expect(server.requests.slice(0, 3).map(sent)).toEqual([
    'GET /2015-03-31/functions/thumb-nails/configuration {}',
    'POST /2015-03-31/functions {"FunctionName":"thumb-nails","Runtime":"python3.13","Handler":"app.handler","MemorySize":256,"Environment":{"Variables":{"A":"b=c"}},"Role":"arn:aws:iam::000000000000:role/lambdock"}',
    'GET /2015-03-31/functions/thumb-nails/configuration {}',
  ]);
});

test('updates the code of an existing function, then its settings, and adds variables to those it has', async () => {
  await using server = await RecordingServer.start();
  server.json(200, configuration);
  const path = await code('update', { 'app.py': 'def handler(event, context): pass' });
  const words = [
    '--name',
    'hello',
    '--env',
    'STAGE=prod',
    '--env',
    'LEVEL',
    '--layer',
    'arn:l:1',
    '--timeout',
    '9',
  ];
  const ended = await runCommand(['deploy', path, ...words, '--json', '--endpoint', server.endpoint]);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toEqual(configuration);
  expect(ended.stderr).not.toMatch(/Using/);
  expect(server.requests.filter(({ method }) => method !== 'GET').map(sent)).toEqual([
    'PUT /2015-03-31/functions/thumb-nails/code {}',
    'PUT /2015-03-31/functions/thumb-nails/configuration {"Timeout":9,"Environment":{"Variables":{"STAGE":"prod"}},"Layers":["arn:l:1"]}',
  ]);
});

test.each([
  [{ 'index.mjs': 'export const handler = async () => 1;' }, 'nodejs22.x', 'index.handler'],
  [{ 'index.js': 'exports.lambdaHandler = () => 1;' }, 'nodejs22.x', 'index.lambdaHandler'],
  [
    {
      'package.json': '{"main":"./run.cjs"}',
      'run.cjs': 'exports.handler = 1',
      'app.js': 'exports.handler = 1',
    },
    'nodejs22.x',
    'run.handler',
  ],
  [
    { 'util.py': 'def main(a, b): pass', 'lambda_function.py': 'def lambda_handler(event, context): pass' },
    'python3.13',
    'lambda_function.lambda_handler',
  ],
  [{ 'app.rb': 'def handler(event:, context:)\n  1\nend\n' }, 'ruby3.3', 'app.handler'],
  [{ bootstrap: '#!/bin/sh\n' }, 'provided.al2023', 'bootstrap'],
])('of %j runtime and handler are seen', async (files, runtime, handler) => {
  await using server = await RecordingServer.start();
  server.answer = ({ method }, response) => {
    const isThere = server.requests.some((each) => each.method === 'POST');
    return method === 'GET' && !isThere ? absent(response) : json(response, configuration);
  };
  const path = await code(`guess-${handler}`, files);
  expect(await runCommand(['deploy', path, '--endpoint', server.endpoint])).toMatchObject({ code: 0 });
  const created = server.requests.find(({ method }) => method === 'POST');
  expect(JSON.parse(created?.body ?? '')).toMatchObject({ Runtime: runtime, Handler: handler });
});

test('a handler that is not found has to be passed, and a missing folder is named', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void absent(response);
  const at = ['--endpoint', server.endpoint];
  const path = await code('text', { 'notes.txt': 'x' });
  expect(await runCommand(['deploy', path, ...at])).toMatchObject({
    code: 1,
    stderr: `lambdock: No handler found in ${path}. Pass --runtime and --handler, e.g. --runtime nodejs22.x --handler FILE.FUNCTION.\n`,
  });
  const gone = join(folder.path, 'gone');
  expect(await runCommand(['deploy', gone, ...at])).toMatchObject({
    code: 1,
    stderr: `lambdock: Cannot read ${gone}: the folder does not exist. Pass the folder with the function's code.\n`,
  });
});

test('errors of the API are printed with its message, and so is why a function failed', async () => {
  await using server = await RecordingServer.start();
  const path = await code('refused', { 'app.py': 'def handler(event, context): pass' });
  server.answer = ({ method }, response) => {
    if (method === 'GET') return absent(response);
    return response
      .writeHead(400, { 'x-amzn-errortype': 'InvalidParameterValueException' })
      .end('{"message":"Unzipped size must be smaller than 262144000 bytes"}');
  };
  const refused = await runCommand(['deploy', path, '--endpoint', server.endpoint]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /lambdock: InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes\.\n$/,
  );
  server.json(200, { ...configuration, State: 'Failed', StateReason: 'There is no image for it.' });
  const failed = await runCommand(['deploy', path, '--endpoint', server.endpoint]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/lambdock: thumb-nails failed\. There is no image for it\.\n$/);
});

const lists = {
  Versions: [{ Version: '$LATEST' }, { Version: '1' }],
  Aliases: [{ Name: 'live', FunctionVersion: '1' }],
};

test('config shows what the API says, with versions and aliases', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { ...configuration, ...lists, Layers: [{ Arn: 'arn:aws:lambda:us-east-1:1:layer:x:1' }] });
  const { stdout, code: exit } = await runCommand(['config', 'thumb-nails', '--endpoint', server.endpoint]);
  expect(exit).toBe(0);
  expect(stdout).toBe(
    [
      'SETTING         VALUE',
      'Function        arn:aws:lambda:us-east-1:000000000000:function:thumb-nails',
      'State           Active, Successful',
      'Description     -',
      'Runtime         python3.13',
      'Handler         app.handler',
      'Architecture    x86_64',
      'Memory          128 MB',
      'Timeout         3 s',
      '/tmp            512 MB',
      'Role            arn:aws:iam::000000000000:role/lambdock',
      'Code            10 bytes, SHA-256 abc',
      'Changed         2026-01-02T03:04:05.678+0000',
      'Variable STAGE  dev',
      'Variable LEVEL  info',
      'Layer           arn:aws:lambda:us-east-1:1:layer:x:1',
      'Versions        1',
      'Aliases         live -> 1',
      '',
    ].join('\n'),
  );
});

test('config changes the named settings, waits, and prints JSON with --json', async () => {
  await using server = await RecordingServer.start();
  server.json(200, configuration);
  const words = ['--memory', '512', '--tmp', '1024', '--description', 'x', '--runtime', 'python3.12'];
  const more = ['--handler', 'a.b', '--role', 'arn:r'];
  const ended = await runCommand([
    'config',
    'hello',
    ...words,
    ...more,
    '--json',
    '--endpoint',
    server.endpoint,
  ]);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toEqual(configuration);
  expect(server.requests.map(sent)[1]).toBe(
    'PUT /2015-03-31/functions/hello/configuration {"Runtime":"python3.12","Handler":"a.b","Description":"x","MemorySize":512,"EphemeralStorage":{"Size":1024},"Role":"arn:r"}',
  );
});

test('config warns that the template replaces a change of its function', async () => {
  await using server = await RecordingServer.start();
  server.answer = ({ url }, response) => {
    const functions = [{ name: configuration.FunctionName, isFromTemplate: true }];
    const body = url.startsWith('/_lambdock') ? { functions, notices: [] } : configuration;
    response.writeHead(200).end(JSON.stringify(body));
  };
  const at = ['--json', '--endpoint', server.endpoint];
  const changed = await runCommand(['config', 'hello', '--memory', '512', ...at]);
  expect(changed.stderr).toContain(
    'warning: the template defines thumb-nails, and its next deployment replaces this change. Make the change in the template too.\n',
  );
  expect((await runCommand(['config', 'hello', ...at])).stderr).toBe('');
});

test('config refuses a missing function and a variable without a name', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void absent(response);
  const at = ['--endpoint', server.endpoint];
  const ended = await runCommand(['config', 'x', ...at]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    'lambdock: ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:x. List the functions: npx lambdock list\n',
  );
  server.json(200, configuration);
  expect(await runCommand(['config', 'x', '--env', '=1', ...at])).toMatchObject({
    code: 1,
    stderr: 'lambdock: --env must be KEY=VALUE, got =1.\n',
  });
});
