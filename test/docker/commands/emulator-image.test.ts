import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { findCompose } from '../../../src/cli/host/compose';
import { run } from '../../../src/cli/host/run';
import { runCommand } from '../../support/app/command';
import { emulatorImage } from '../../support/engine/emulator-image';
import { runtimeImage } from '../../support/engine/runtime-image';
import { freePort } from '../../support/lib/free-port';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

const docker = new Docker();
const name = `lambdock-test-image-${process.pid}`;
let folder: TemporaryFolder;
let image: string;

const functionCode = `
export const handler = async ({ url }) => {
  if (url === undefined) return 'no url';
  const answer = await fetch(url);
  return answer.text();
};
`;

beforeAll(async () => {
  image = await emulatorImage();
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'functions', 'code'), { recursive: true });
  await writeFile(join(folder.path, 'functions', 'code', 'index.mjs'), functionCode);
  await writeFile(
    join(folder.path, 'functions', 'lambdock.yaml'),
    'functions:\n  hello: { runtime: nodejs22.x, handler: index.handler, code: code, memorySize: 512, timeout: 20 }\n',
  );
});

afterAll(async () => {
  for (const { Id } of await docker.listContainers({ all: true, filters: { name: [name] } })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  await folder?.[Symbol.asyncDispose]();
});

/** Runs the documented command; resolves to the container and lambdock's address when its functions are ready. */
async function started(suffix: string, ...mounts: readonly string[]) {
  const port = await freePort();
  const volumes = ['/var/run/docker.sock:/var/run/docker.sock', ...mounts].flatMap((each) => ['-v', each]);
  const words = [
    'run',
    '-d',
    '--name',
    `${name}-${suffix}`,
    ...volumes,
    '-p',
    `127.0.0.1:${port}:9000`,
    image,
  ];
  const { code, tail } = await run(['docker', ...words]);
  expect({ code, tail }).toMatchObject({ code: 0 });
  const endpoint = `http://127.0.0.1:${port}`;
  const waited = await runCommand(['wait', '--endpoint', endpoint, '--timeout', '120']);
  expect(waited).toMatchObject({ code: 0 });
  return { container: docker.getContainer(`${name}-${suffix}`), endpoint, functions: waited.stdout };
}

const invoke = (endpoint: string, payload = '{}') =>
  runCommand(['invoke', 'hello', '-p', payload, '--endpoint', endpoint]);

test('docker run with the socket and a project needs no further settings, also for two of them at the same time', async () => {
  const project = `${join(folder.path, 'functions')}:/project:ro`;
  const first = await started('first', project);
  expect(await invoke(first.endpoint)).toMatchObject({ code: 0, stdout: '"no url"\n' });
  const second = await started('second', project);
  expect(await invoke(second.endpoint)).toMatchObject({ code: 0, stdout: '"no url"\n' });
  expect(await invoke(first.endpoint)).toMatchObject({ code: 0 });
  const rows = await runCommand(['ps', '--json', '--endpoint', first.endpoint]);
  expect(JSON.parse(rows.stdout)).toEqual(
    expect.arrayContaining([expect.objectContaining({ functionName: 'hello', invocations: 2 })]),
  );
  const instances = await Promise.all(
    [first, second].map(async ({ endpoint }) => {
      const answer = await fetch(`${endpoint}/_lambdock/health`);
      return ((await answer.json()) as { instance: string }).instance;
    }),
  );
  expect(new Set(instances).size).toBe(2);
  for (const { container } of [first, second]) await container.stop({ t: 30 });
  for (const instance of instances) {
    const label = [`lambdock.instance=${instance}`];
    expect(await docker.listContainers({ all: true, filters: { label } })).toEqual([]);
  }
});

test('without a project it starts without functions, and becomes healthy', async () => {
  const { container, functions } = await started('empty');
  expect(functions).toMatch(/^No functions/);
  const health = () => container.inspect().then(({ State }) => State.Health?.Status);
  const events = await docker.getEvents({
    filters: { container: [container.id], event: ['health_status'] },
  });
  if ((await health()) === 'starting') await once(events, 'data');
  (events as Readable).destroy();
  expect(await health()).toBe('healthy');
  await container.stop({ t: 30 });
});

const server = `
import http.server, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/plain":
            body = b"from the service"
        else:
            request = urllib.request.Request(
                "http://lambdock:9000/2015-03-31/functions/hello/invocations",
                data=b'{"url": "http://api:8000/plain"}', method="POST")
            body = urllib.request.urlopen(request, timeout=60).read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
`;

test('the snippet of docs/compose.md: functions and services reach one another by name', async () => {
  const page = await readFile(join(__dirname, '../../../docs/compose.md'), 'utf8');
  const snippet = parse(/```yaml\n([^`]*)```/.exec(page)?.[1] ?? '');
  const [port, apiPort] = [await freePort(), await freePort()];
  const { lambdock, api } = snippet.services;
  lambdock.image = image;
  lambdock.ports = [`127.0.0.1:${port}:9000`];
  lambdock.environment.LAMBDOCK_NETWORK = name;
  snippet.networks.default.name = name;
  Object.assign(api, {
    image: await runtimeImage('python3.13'),
    entrypoint: ['/var/lang/bin/python3.13', '-c', server],
    ports: [`127.0.0.1:${apiPort}:8000`],
    user: '0',
  });
  const project = join(folder.path, 'app');
  await cp(join(folder.path, 'functions'), join(project, 'functions'), { recursive: true });
  await writeFile(join(project, 'docker-compose.yml'), JSON.stringify(snippet));
  const command = await findCompose(() => undefined);
  const compose = (...words: readonly string[]) =>
    run([...command, '-p', name, ...words], { workingDirectory: project });
  try {
    const { code, tail } = await compose('up', '--detach');
    expect({ code, tail }).toMatchObject({ code: 0 });
    const waited = await runCommand(['wait', '--endpoint', `http://127.0.0.1:${port}`, '--timeout', '120']);
    expect(waited).toMatchObject({ code: 0 });
    const answer = await fetch(`http://127.0.0.1:${apiPort}/through-lambdock`);
    expect(await answer.json()).toBe('from the service');
  } finally {
    await compose('down', '--volumes');
  }
});
