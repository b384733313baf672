import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { builtImageName } from '../../src/functions/template/image-build';
import { RunningApp } from '../support/app/running-app';
import { TemporaryFolder } from '../support/lib/temporary-folder';
import { patched, zipOf } from '../support/functions/zips';

// Packages of the first run are downloaded.
jest.setTimeout(600_000);

const projects = __dirname;
const docker = new Docker();

/** Hosts a project as it is; what is built is kept for the next run. */
function host(
  project: string,
  template = 'template.yaml',
  flags: Readonly<Record<string, unknown>> = {},
): Promise<RunningApp> {
  return RunningApp.start({
    template: join(projects, project, template),
    flags: { spares: '0', watch: 'false', ...flags },
    keepStore: true,
  });
}

test('a SAM project in Python has its packages, also those that another list names', async () => {
  await using app = await host('sam-python');
  const { payload } = await app.invoke('HelloFunction', { httpMethod: 'GET' });
  expect(payload).toEqual({
    statusCode: 200,
    body: '{"message": "hello world", "text": "bytes"}',
  });
});

test('a SAM project in TypeScript is bundled with its packages, and left as it is', async () => {
  await using app = await host('sam-typescript');
  expect((await app.invoke('Hello', { name: 'Ada' })).payload).toEqual({
    greeting: 'Hello, Ada',
    day: 86_400_000,
  });
  const failed = await app.invoke('Hello', { name: '' });
  expect(failed.payload).toMatchObject({
    errorMessage: 'The name is empty',
    trace: expect.arrayContaining([expect.stringContaining('app.ts:')]),
  });
  expect((await app.invoke('Modern', { name: 'Ada' })).payload).toBe('Hello, Ada, modern');
  expect((await readdir(join(projects, 'sam-typescript/hello'))).sort()).toEqual([
    'app.ts',
    'package.json',
    'src',
    'tsconfig.json',
  ]);
});

test('makefiles build functions and layers', async () => {
  await using app = await host('sam-makefile');
  expect((await app.invoke('Report')).payload).toBe('*made*');
});

test('layers with build methods keep their own modules and have their packages', async () => {
  await using app = await host('sam-layers');
  expect((await app.invoke('Python')).payload).toEqual(['own', 'inner', 'plain', 'six']);
  expect((await app.invoke('Node')).payload).toBe(7_200_000);
});

test('nested stacks have functions of their own, and values for their parameters', async () => {
  const parameter = ['Orders.Table=orders-table', 'Payments.Table=payments-table'];
  await using app = await host('nested-stacks', 'template.yaml', { parameter });
  expect((await app.invoke('Worker')).payload).toEqual({ PREFIX: 'orders', TABLE: 'orders-table' });
  expect((await app.invoke('Payments-Worker')).payload).toEqual({
    PREFIX: 'dev-payments',
    TABLE: 'payments-table',
  });
  expect((await app.invoke('Gateway')).payload).toEqual({ PREFIX: 'gateway', WORKER: 'Payments-Worker' });
});

test('assets of the CDK are found by their metadata, or by the key that they have in S3', async () => {
  await using app = await host('cdk-output', 'Shop.template.json');
  expect((await app.invoke('Handler886CB40B')).payload).toEqual([
    expect.stringContaining('Queue4A7E3555'),
    'arn:aws:sqs:us-east-1:000000000000:Queue4A7E3555',
  ]);
  expect((await app.invoke('Other1B2C')).payload).toBe('other');
});

test('what the Serverless Framework packages is found beside its template', async () => {
  await using folder = await TemporaryFolder.make();
  const packaged = join(folder.path, '.serverless');
  await mkdir(packaged);
  await cp(join(projects, 'serverless-output'), packaged, { recursive: true });
  await writeFile(
    join(packaged, 'shop.zip'),
    await zipOf({ 'handler.js': "exports.hello = async () => 'packaged';" }),
  );
  await using app = await RunningApp.start({
    template: join(packaged, 'cloudformation-template-update-stack.json'),
    flags: { spares: '0', watch: 'false' },
  });
  expect((await app.invoke('shop-dev-hello')).payload).toBe('packaged');
});

test('Powertools of both languages work without a download from AWS', async () => {
  await using app = await host('powertools');
  expect(app.output).toMatch(/is LambdaInsightsExtension, which is not here/);
  for (const name of ['Python', 'Node']) {
    const { payload, log } = await app.invoke(name, { id: 7 }, { tail: true });
    expect(payload).toBe(7);
    expect(log.join('\n')).toMatch(/"message":\s*"taken"/);
  }
});

test('a CloudFormation template in YAML that is valid but unusual', async () => {
  await using app = await host('cloudformation');
  expect(app.output).toMatch(/MemorySize replaces the one of the same name in line \d+/);
  const { payload } = await app.invoke('inline-dev');
  expect(payload).toEqual([
    '256',
    'DEBUG',
    'arn:aws:dynamodb:us-east-1:000000000000:table/Table',
    'dev-stream',
  ]);
});

test('TypeScript in lambdock.yaml is bundled as a module', async () => {
  await using app = await host('lambdock-typescript', 'lambdock.yaml');
  expect((await app.invoke('greet', { name: 'Ada' })).payload).toBe('Ada 1m!');
});

test('functions that cannot be hosted do not stop the others', async () => {
  await using app = await host('mixed-runtimes');
  expect(app.output).toMatch(/Runtime is python3\.8, .* \(not hosted: Old\)/);
  expect(app.output).toMatch(/a layer that is not on this machine.* \(not hosted: Adapted\)/);
  if (process.arch === 'x64')
    expect(app.output).toMatch(/warning: Good asks for arm64, but the engine runs x86_64/);
  expect((await app.invoke('Good')).payload).toBe('good');
  await expect(app.invoke('Old')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a project that lists no packages has the runtime`s own SDK, also in a bundle', async () => {
  await using app = await host('sdk-without-dependencies');
  expect((await app.invoke('Caller', { number: 21 })).payload).toBe(42);
});

test('packages of an npm workspace are installed for the functions that depend on them', async () => {
  await using app = await host('npm-workspaces');
  for (const name of ['Api', 'Typed'])
    expect((await app.invoke(name, { text: '2 days' })).payload).toBe(172_800_000);
});

test('lists and packages of Python beside the code are installed', async () => {
  await using app = await host('python-lists');
  expect((await app.invoke('Pinned')).payload).toEqual(['iniconfig', 'ours']);
});

test('a runtime in shell uses what Amazon Linux`s shell has', async () => {
  await using app = await host('custom-runtime');
  const { payload, log } = await app.invoke('Shell', { id: 7 }, { tail: true });
  expect(payload).toEqual({ text: 'got', event: { id: 7 } });
  expect(log).toContain('called with {"id":7}');
});

test('the Web Adapter is compiled for a server that speaks HTTP', async () => {
  const parameter = [`Layer=LambdaAdapterLayer${process.arch === 'arm64' ? 'Arm64' : 'X86'}`];
  await using app = await host('web-adapter', 'template.yaml', { parameter });
  const event = { version: '2.0', rawPath: '/hello', rawQueryString: '', headers: {}, requestContext: { http: { method: 'GET', path: '/hello' } } };
  expect((await app.invoke('Web', event)).payload).toMatchObject({
    statusCode: 200,
    headers: { 'x-path': '/hello' },
    body: 'from the server',
  });
  // The first time the program is compiled.
}, 1_200_000);

test('images on AWS`s bases are built, and their volumes are read-only', async () => {
  const folder = join(projects, 'image-packages');
  try {
    await using app = await host('image-packages');
    expect((await app.invoke('Hello')).payload).toEqual(['iniconfig', '3.13']);
    expect((await app.invoke('Disk')).payload).toEqual(['Read-only file system', 'packed']);
  } finally {
    for (const [name, tag] of [
      ['Hello', 'python-v1'],
      ['Disk', 'latest'],
    ] as const) {
      const build = { context: join(folder, name.toLowerCase()), dockerfile: '', arguments: {} };
      await docker.getImage(builtImageName(name, build, tag)).remove({ force: true });
    }
  }
});

test('what `sam build` made is hosted as it is', async () => {
  await using folder = await TemporaryFolder.make();
  const built = join(folder.path, '.aws-sam', 'build');
  await mkdir(join(built, 'Hello'), { recursive: true });
  await writeFile(join(built, 'Hello', 'app.js'), 'exports.handler = async () => "built";');
  await writeFile(join(built, 'Hello', 'package.json'), '{ "dependencies": { "lambdock-has-no-such": "1" } }');
  const metadata = { SamResourceId: 'Hello', BuildMethod: 'esbuild', BuildProperties: { EntryPoints: ['app.ts'] } };
  const properties = { Runtime: 'nodejs22.x', Handler: 'app.handler', CodeUri: 'Hello' };
  const resource = { Type: 'AWS::Serverless::Function', Properties: properties, Metadata: metadata };
  const template = join(built, 'template.yaml');
  await writeFile(template, JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', Resources: { Hello: resource } }));
  await using app = await RunningApp.start({ template, flags: { spares: '0', watch: 'false' } });
  expect((await app.invoke('Hello')).payload).toBe('built');
});

test('a zip of Windows keeps its names, as on Lambda, and a warning names the fault', async () => {
  await using folder = await TemporaryFolder.make();
  const zip = await zipOf({ 'app.py': 'import os\ndef handler(event, context): return os.listdir("/var/task")', 'lib?util.py': 'x = 1' });
  await writeFile(join(folder.path, 'code.zip'), patched(zip, 'lib?util.py', 'lib\\util.py'));
  const template = join(folder.path, 'template.yaml');
  const properties = { Runtime: 'python3.13', Handler: 'app.handler', CodeUri: 'code.zip' };
  const resource = { Type: 'AWS::Serverless::Function', Properties: properties };
  await writeFile(template, JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', Resources: { Windows: resource } }));
  await using app = await RunningApp.start({ template, flags: { spares: '0', watch: 'false' } });
  expect(((await app.invoke('Windows')).payload as string[]).sort()).toEqual(['app.py', 'lib\\util.py']);
  expect(app.output).toMatch(/Windows: lib\\util\.py is one file name, not a path: its packer wrote backslashes/);
});

test('a project is hosted from a path with any characters', async () => {
  await using folder = await TemporaryFolder.make();
  const project = join(folder.path, `co:lon, "quo'te" $name`);
  await cp(join(projects, 'cdk-output'), project, { recursive: true });
  const flags = { spares: '0', watch: 'false', data: join(project, '.lambdock') };
  await using app = await RunningApp.start({ template: join(project, 'Shop.template.json'), flags });
  expect((await app.invoke('Other1B2C')).payload).toBe('other');
});
