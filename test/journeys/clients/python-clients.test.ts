import type { StartedTestContainer } from 'testcontainers';
import { RunningApp } from '../../support/app/running-app';
import { ClientProject } from '../../support/clients/client-project';
import { Moto } from '../../support/clients/moto';
import { pythonContainer, pythonProgram } from '../../support/engine/python-container';
import { Deployer } from '../../support/functions/deployer';

jest.setTimeout(900_000);

let app: RunningApp;
let project: ClientProject;
const containers: StartedTestContainer[] = [];
/** Stands for the rest of AWS. */
let rest: Moto;

beforeAll(async () => {
  app = await RunningApp.start({ functions: {} });
  project = await ClientProject.make();
  rest = await Moto.start();
});

afterAll(async () => {
  for (const container of containers) await container.stop();
  await rest?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

/** A tool of Python's, set up as a user would set it up: by the SDK's own variables alone. */
async function client(layer: string, start: string) {
  const environment = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: rest.address,
    AWS_ENDPOINT_URL_LAMBDA: app.address,
    AWS_ENDPOINT_URL_STS: app.address,
    SAM_CLI_TELEMETRY: '0',
    HOME: '/tmp',
  };
  const container = await (await pythonContainer(layer, environment)).start();
  containers.push(container);
  return async (...words: readonly string[]): Promise<string> => {
    const options = { workingDir: project.path };
    const { exitCode, output } = await container.exec([pythonProgram, '-c', start, ...words], options);
    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    return output;
  };
}

test('chalice deploys, updates, invokes and deletes functions, and subscribes one to a queue', async () => {
  const chalice = await client('chalice', 'from chalice.cli import main; main()');
  const code = (method: string) => `from chalice import Chalice

app = Chalice(app_name='greeter')


@app.lambda_function()
def shout(event, context):
    return event.${method}()


@app.on_sqs_message(queue='jobs', batch_size=5)
def work(event):
    return len(list(event))
`;
  const config = {
    version: '2.0',
    app_name: 'greeter',
    manage_iam_role: false,
    iam_role_arn: 'arn:aws:iam::000000000000:role/lambda',
    lambda_timeout: 60,
  };
  await project.write({
    'app.py': code('upper'),
    'requirements.txt': '',
    'event.json': '"hi there"',
    '.chalice/config.json': JSON.stringify(config),
  });
  expect(await chalice('deploy')).toMatch(/Subscribing greeter-dev-work to SQS queue jobs/);
  expect(await app.invoke('greeter-dev-shout', 'hi there')).toMatchObject({ payload: 'HI THERE' });
  await project.write({ 'app.py': code('title') });
  await chalice('deploy');
  expect(await app.invoke('greeter-dev-shout', 'hi there')).toMatchObject({ payload: 'Hi There' });
  expect(await chalice('delete')).toMatch(/Deleting function: .*:greeter-dev-shout/);
});

test('sam remote invoke runs a function by its ARN, and shows its log', async () => {
  const deployer = new Deployer(app.client);
  const { FunctionArn = '' } = await deployer.create(
    'remote',
    `def handler(event, context):\n    print('seen', event['name'])\n    return 'Hello ' + event['name']\n`,
    { Timeout: 60 },
  );
  const sam = await client('sam', 'from samcli.cli.main import cli; cli()');
  const output = await sam(
    'remote',
    'invoke',
    FunctionArn,
    '--event',
    '{"name": "Ada"}',
    '--region',
    'us-east-1',
  );
  // The log and the response come over two streams, whose order is open.
  expect(output).toMatch(/^seen Ada\s*$/m);
  expect(output).toContain('"Hello Ada"');
});
