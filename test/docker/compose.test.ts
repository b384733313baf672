import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';
import { runCommand } from '../support/command';

const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const project = `lambdock-test-${process.pid}`;
const template = join(__dirname, '../fixtures/compose/functions.yaml');
let port: number;
let at: readonly string[];

const ofProject = { label: [`com.docker.compose.project=${project}`] };
const sandboxes = { label: [`lambdock.instance=${project}`] };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: found } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return found;
}

/** Behind a proxy with its own authority, builds have to know it; the shell that runs the tests does. */
function authority(): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  return NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS };
}

const up = () =>
  runCommand(['up', '--project', project, '--port', String(port), '--template', template, '--spares', '2'], {
    environment: authority(),
  });

beforeAll(async () => {
  port = await freePort();
  at = ['--endpoint', `http://127.0.0.1:${port}`];
});

afterAll(async () => {
  await runCommand(['down', '--project', project, '--volumes']);
}, 60_000);

test('up ends with the address, the functions and an invoke that can be pasted', async () => {
  const { code, stdout, stderr } = await up();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain(`lambdock answers at http://127.0.0.1:${port}\n`);
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

test('what the command line said has reached the container', async () => {
  const [container] = await docker.listContainers({ filters: ofProject });
  const { Config } = await docker.getContainer(container?.Id ?? '').inspect();
  expect(Config.Env).toEqual(
    expect.arrayContaining(['LAMBDOCK_SPARES=2', 'LAMBDOCK_TEMPLATE=/project/functions.yaml']),
  );
});

test('a second up changes nothing and takes seconds', async () => {
  const before = await docker.listContainers({ filters: ofProject });
  const startedMs = performance.now();
  const { code, stderr } = await up();
  const tookMs = performance.now() - startedMs;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(tookMs).toBeLessThan(20_000);
  expect(stderr).not.toMatch(/npm install/);
  const after = await docker.listContainers({ filters: ofProject });
  expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
}, 60_000);

test('a port in use is one sentence with the next step, and leaves no container behind', async () => {
  const other = `${project}-b`;
  const ended = await runCommand(['up', '--project', other, '--port', String(port), '--template', template], {
    environment: authority(),
  });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(
    `lambdock: Port ${port} is in use. End what uses it, or choose another one: npm run up -- --port ${port + 1}\n`,
  );
  const left = await docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${other}`] },
  });
  expect(left).toEqual([]);
}, 60_000);

test('down leaves no container, network or volume, though lambdock was killed before', async () => {
  const [container] = await docker.listContainers({ filters: ofProject });
  await docker.getContainer(container?.Id ?? '').kill();
  const { code, stderr } = await runCommand(['down', '--project', project, '--volumes']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await docker.listContainers({ all: true, filters: ofProject })).toEqual([]);
  expect(await docker.listContainers({ all: true, filters: sandboxes })).toEqual([]);
  expect(await docker.listNetworks({ filters: ofProject })).toEqual([]);
  expect((await docker.listVolumes({ filters: ofProject })).Volumes).toEqual([]);
}, 60_000);
