import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  extensionProcess,
  functionIdentity,
  imageProcess,
  runtimeProcess,
} from '../../../src/execution/process/process-environment';
import type { FunctionVersion } from '../../../src/functions/function-version';
import { aFunctionVersion } from '../../support/functions/function-versions';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const image = {
  image: 'base',
  entryPoint: ['/lambda-entrypoint.sh'],
  command: ['app.handler'],
  workingDirectory: '',
  environment: { LANG: 'C' },
};
const identity = { region: 'us-east-1', accountId: '000000000000', extra: {} };
const credentials = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' };

const started = (version: FunctionVersion) =>
  runtimeProcess(version, image, identity, 'stream', 'on-demand', credentials);

test('an extension gets the variables of the runtime but those of the runtime alone', () => {
  const runtime = started(aFunctionVersion({ environment: { OWN: '1' } }));
  const { environment, ...process } = extensionProcess('extension/agent', 'agent', runtime);
  expect(process).toEqual({
    name: 'extension/agent',
    command: ['/opt/extensions/agent'],
    workingDirectory: '/',
  });
  expect(environment).toMatchObject({ OWN: '1', AWS_LAMBDA_FUNCTION_NAME: 'hello' });
  for (const name of ['_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_EXECUTION_ENV']) {
    expect([name, environment[name], runtime.environment[name]]).toEqual([
      name,
      undefined,
      expect.any(String),
    ]);
  }
});

test('ImageConfig replaces entry point, command and folder independently', () => {
  const own = (more: object) =>
    imageProcess(aFunctionVersion({ package: { kind: 'image', image: 'own', ...more } }), image);
  expect(own({})).toEqual({
    entryPoint: ['/lambda-entrypoint.sh'],
    command: ['app.handler'],
    workingDirectory: '/',
  });
  expect(own({ command: ['other'], workingDirectory: '/srv' })).toEqual({
    entryPoint: ['/lambda-entrypoint.sh'],
    command: ['other'],
    workingDirectory: '/srv',
  });
});

test('a runtime of its own starts bootstrap from the code, or else from a layer', async () => {
  await using folder = await TemporaryFolder.make();
  const [codeFolder, layersFolder] = ['code', 'layers'].map((name) => join(folder.path, name)) as [
    string,
    string,
  ];
  await mkdir(codeFolder);
  await mkdir(layersFolder);
  const program = () =>
    started(
      aFunctionVersion({
        package: {
          kind: 'zip',
          runtime: 'provided.al2023',
          handler: 'any',
          codeFolder,
          layersFolder,
          codeSha256: 'x',
        },
      }),
    ).command[0];
  expect(program()).toBe('/var/task/bootstrap');
  await writeFile(join(layersFolder, 'bootstrap'), '');
  expect(program()).toBe('/opt/bootstrap');
  await writeFile(join(codeFolder, 'bootstrap'), '');
  expect(program()).toBe('/var/task/bootstrap');
});

test('an extension is informed of the handler of a zip, and of none of an image', () => {
  expect(functionIdentity(aFunctionVersion())).toEqual({
    functionName: 'hello',
    functionVersion: '$LATEST',
    handler: 'app.handler',
    accountId: '000000000000',
  });
  expect(functionIdentity(aFunctionVersion({ package: { kind: 'image', image: 'x' } })).handler).toBe('');
});
