import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { ClientProject } from '../../support/clients/client-project';
import { npmClient } from '../../support/clients/npm-client';

jest.setTimeout(600_000);

const run = promisify(execFile);
let app: RunningApp;
let project: ClientProject;
let program: string;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  project = await ClientProject.make();
  program = join(await npmClient('node-lambda', '1.3.0'), 'node_modules', '.bin', 'node-lambda');
});

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

async function deploy(greeting: string): Promise<void> {
  await project.write({
    'index.js': `exports.handler = async (event) => '${greeting} ' + event.name + ' in ' + process.env.STAGE;\n`,
    'package.json': JSON.stringify({ name: 'greeter', version: '1.0.0', description: 'greets' }),
    'deploy.env': 'STAGE=test\n',
  });
  const { PATH = '', HOME = '' } = process.env;
  const words = [
    ...['deploy', '--endpoint', app.address, '--region', 'us-east-1', '--functionName', 'greeter'],
    ...[
      '--accessKey',
      'test',
      '--secretKey',
      'test',
      '--runtime',
      'nodejs22.x',
      '--configFile',
      'deploy.env',
    ],
    ...['--role', 'arn:aws:iam::000000000000:role/lambda'],
  ];
  const env = { PATH, HOME, AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' };
  const { stdout } = await run(program, words, { cwd: project.path, env });
  expect(stdout).toMatch(/All tasks done/);
  // Making an image of the runtime takes longer than an invocation waits.
  await waitUntilFunctionActiveV2(
    { client: app.client, maxWaitTime: 300, minDelay: 0.1 },
    { FunctionName: 'greeter' },
  );
}

test('node-lambda creates and updates a function, which runs', async () => {
  await deploy('Hello');
  expect(await app.invoke('greeter', { name: 'Ada' })).toMatchObject({ payload: 'Hello Ada in test' });
  await deploy('Bye');
  expect(await app.invoke('greeter', { name: 'Ada' })).toMatchObject({ payload: 'Bye Ada in test' });
});
