import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { findCompose } from '../../../src/cli/host/compose';
import { run } from '../../../src/cli/host/run';
import { runCommand } from '../../support/app/command';
import { freePort } from '../../support/lib/free-port';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const project = `lambdock-test-${process.pid}`;
/** A copy of the fixture, which is changed while lambdock runs. */
let folder: TemporaryFolder;
let template: string;
let port: number;
let at: readonly string[];

const ofProject = { label: [`com.docker.compose.project=${project}`] };
const sandboxes = { label: [`lambdock.instance=${project}`] };

/** Behind a proxy with its own authority, builds have to know it; the shell that runs the tests does. */
function authority(): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  return NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS };
}

const upWith = (variables: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  runCommand(
    ['up', '--project', project, '--port', String(port), '--template', template, '--spares', '2', ...words],
    { environment: { ...authority(), ...variables } },
  );

const up = (...words: readonly string[]) => upWith({}, ...words);

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await cp(join(__dirname, '../../fixtures/compose'), folder.path, { recursive: true });
  template = join(folder.path, 'functions.yaml');
  port = await freePort();
  at = ['--endpoint', `http://127.0.0.1:${port}`];
});

afterAll(async () => {
  await runCommand(['down', '--project', project, '--volumes']);
  await folder?.[Symbol.asyncDispose]();
}, 60_000);

/** The ids of the project's containers, sandboxes not among them. */
const containers = async () => (await docker.listContainers({ filters: ofProject })).map(({ Id }) => Id);

/** How often the environment that answers was called. */
async function calls(name: string): Promise<number> {
  const { code, stdout, stderr } = await runCommand(['invoke', name, '-p', '{"name":"x"}', ...at]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout).calls;
}

test('up ends with the address, the functions and an invoke that can be pasted', async () => {
  const { code, stdout, stderr } = await up();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain(`lambdock is running at http://127.0.0.1:${port}\n`);
  expect(stdout).toMatch(/^hello +nodejs24\.x +index\.handler +128 MB +3 s +512 MB +ready$/m);
  expect(stdout).toContain(
    `  curl -d '{}' http://127.0.0.1:${port}/2015-03-31/functions/hello/invocations\n`,
  );
  expect(stderr).toMatch(/^Engine: Docker .+\(\d+\.\d s\)$/m);
}, 600_000);

test('the function runs in a container beside it, and keeps its memory between calls', async () => {
  const payload = ['-p', '{"name":"x"}'];
  const first = await runCommand(['invoke', 'hello', ...payload, '--tail', ...at]);
  expect(first).toMatchObject({ code: 0, stdout: '{"greeting":"Hello x","calls":1}\n' });
  expect(first.stderr).toContain('called with x');
  const second = await runCommand(['invoke', 'hello', ...payload, ...at]);
  expect(second.stdout).toBe('{"greeting":"Hello x","calls":2}\n');
}, 60_000);

test('settings of the command line reach the container', async () => {
  const [container] = await docker.listContainers({ filters: ofProject });
  const { Config } = await docker.getContainer(container?.Id ?? '').inspect();
  expect(Config.Env).toEqual(
    expect.arrayContaining(['LAMBDOCK_SPARES=2', 'LAMBDOCK_TEMPLATE=/project/functions.yaml']),
  );
});

test('logins to registries reach the container', async () => {
  await using config = await TemporaryFolder.make();
  await writeFile(join(config.path, 'config.json'), '{"auths":{}}');
  const { code, stderr } = await upWith({ DOCKER_CONFIG: config.path });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const [container] = await docker.listContainers({ filters: ofProject });
  const { Mounts } = await docker.getContainer(container?.Id ?? '').inspect();
  expect(Mounts).toContainEqual(
    expect.objectContaining({
      Source: join(config.path, 'config.json'),
      Destination: '/etc/lambdock/docker/config.json',
    }),
  );
  expect(await up()).toMatchObject({ code: 0 });
}, 120_000);

test('a second up changes nothing', async () => {
  const before = await containers();
  const startedMs = performance.now();
  const { code, stderr } = await up();
  const tookMs = performance.now() - startedMs;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(tookMs).toBeLessThan(20_000);
  expect(stderr).not.toMatch(/npm install/);
  expect(await containers()).toEqual(before);
}, 60_000);

test('up after a change of one function deploys that one: lambdock and the other environments go on', async () => {
  const before = await containers();
  const warm = { hello: await calls('hello'), other: await calls('other') };
  const text = await readFile(template, 'utf8');
  await writeFile(template, text.replace('memorySize: 256', 'memorySize: 512'));
  const { code, stdout, stderr } = await up();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^hello .* 128 MB .* ready$/m);
  expect(stdout).toMatch(/^other .* 512 MB .* ready$/m);
  expect(await containers()).toEqual(before);
  expect(await calls('hello')).toBe(warm.hello + 1);
  expect(warm.other).toBe(1);
  expect(await calls('other')).toBe(1);
}, 120_000);

test('up reports the place of a mistake in the template, and keeps what ran', async () => {
  const before = await containers();
  const warm = await calls('other');
  const text = await readFile(template, 'utf8');
  await writeFile(template, text.replace('memorySize: 512', 'memorySize: 1'));
  const { code, stderr } = await up();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /functions\.yaml:4:\d+: functions\.other\.memorySize must be between 128 and 10240 MB, got 1/,
  );
  expect(await containers()).toEqual(before);
  expect(await calls('other')).toBe(warm + 1);
  await writeFile(template, text);
}, 120_000);

test('up after a change of a setting creates a new container, which can require signatures', async () => {
  const before = await containers();
  const text = await readFile(template, 'utf8');
  const keyless = `auth: required\n${text}`;
  await writeFile(template, keyless);
  const refused = await up();
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no keys are set') });
  expect(await containers()).toEqual(before);
  await writeFile(template, `keys: AKIDEXAMPLE:secret\n${keyless}`);
  const { code, stdout, stderr } = await up();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^hello .* ready$/m);
  expect(await containers()).not.toEqual(before);
  const unsigned = await runCommand(['invoke', 'hello', ...at]);
  expect(unsigned.stderr).toContain('MissingAuthenticationTokenException');
  at = [...at, '--template', template];
  expect(await calls('hello')).toBe(1);
}, 120_000);

test('without watch, up after any change of the template creates a new container', async () => {
  expect(await up('--watch', 'false')).toMatchObject({ code: 0 });
  const before = await containers();
  expect(await up('--watch', 'false')).toMatchObject({ code: 0 });
  expect(await containers()).toEqual(before);
  const text = await readFile(template, 'utf8');
  await writeFile(template, text.replace('memorySize: 512', 'memorySize: 1024'));
  const { code, stdout } = await up('--watch', 'false');
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^other .* 1024 MB .* ready$/m),
  });
  expect(await containers()).not.toEqual(before);
}, 120_000);

test('up with --debug publishes the port of the debugger', async () => {
  const debugPort = await freePort();
  const { code, stderr } = await up('--debug', `other:${debugPort}`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const answer = await fetch(`http://127.0.0.1:${debugPort}/json/version`);
  expect(await answer.json()).toMatchObject({ Browser: expect.stringMatching(/^node\.js\/v24/) });
}, 120_000);

test('a port that is named and in use fails with the next step, and leaves no container behind', async () => {
  const other = `${project}-b`;
  const ended = await runCommand(['up', '--project', other, '--port', String(port), '--template', template], {
    environment: authority(),
  });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(
    `lambdock: Port ${port} is in use by the lambdock of ${folder.path}. Stop it, or pass another port: --port ${port + 1}\n`,
  );
  const left = await docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${other}`] },
  });
  expect(left).toEqual([]);
}, 60_000);

test('up in another folder does not replace a project unless --replace is given', async () => {
  const before = await containers();
  await using second = await TemporaryFolder.make();
  await writeFile(join(second.path, 'lambdock.yaml'), 'functions: {}\n');
  const ended = await runCommand(['up', '--project', project], {
    environment: authority(),
    workingDirectory: second.path,
  });
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`Project ${project} belongs to ${folder.path}`),
  });
  expect(await containers()).toEqual(before);
}, 60_000);

test('two folders have a lambdock each, and commands find that of their folder', async () => {
  await using second = await TemporaryFolder.make();
  await writeFile(join(second.path, 'lambdock.yaml'), 'functions: {}\n');
  const before = await containers();
  const options = { environment: authority(), workingDirectory: second.path };
  try {
    const ended = await runCommand(['up'], options);
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
    expect(await containers()).toEqual(before);
    const listed = await runCommand(['list'], { workingDirectory: second.path });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No functions/) });
    const first = await runCommand(['list', '--template', template], { workingDirectory: folder.path });
    expect(first.stdout).toMatch(/^hello /m);
  } finally {
    await runCommand(['down', '--volumes'], { workingDirectory: second.path });
  }
}, 120_000);

test('plain Compose without a registry says to run npm run up', async () => {
  const root = join(__dirname, '../../..');
  const command = await findCompose(() => undefined);
  const environment = {
    COMPOSE_PROJECT_NAME: `${project}-plain`,
    LAMBDOCK_TAG: `${project}-plain`,
    LAMBDOCK_BASE: 'registry.invalid/node:24-slim',
  };
  const file = ['-f', join(root, 'docker-compose.yml'), '--project-directory', root];
  const { code, tail } = await run([...command, ...file, 'build'], { environment });
  expect({ failed: code !== 0, tail }).toEqual({ failed: true, tail: expect.stringContaining('npm run up') });
}, 120_000);

test('down leaves no container, network or volume, though lambdock was killed before', async () => {
  const [container] = await docker.listContainers({ filters: ofProject });
  await docker.getContainer(container?.Id ?? '').kill();
  const { code, stderr } = await runCommand(['down', '--project', project, '--volumes']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await docker.listContainers({ all: true, filters: ofProject })).toEqual([]);
  expect(await docker.listContainers({ all: true, filters: sandboxes })).toEqual([]);
  expect(await docker.listNetworks({ filters: ofProject })).toEqual([]);
  expect(await docker.listNetworks({ filters: sandboxes })).toEqual([]);
  expect((await docker.listVolumes({ filters: ofProject })).Volumes).toEqual([]);
}, 60_000);
