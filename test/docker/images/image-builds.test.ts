import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningApp } from '../../support/app/running-app';
import { runtimeImage } from '../../support/engine/runtime-image';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

const docker = new Docker();
let folder: TemporaryFolder;
let base: string;

const dockerfile = `ARG BASE
FROM \${BASE} AS first
ARG GREETING=none
ENV GREETING=\${GREETING}
COPY . /var/task/
RUN test ! -e /var/task/secret.txt
CMD ["app.handler"]
FROM first AS last
ENV STAGE=last
`;
const app = (text: string) => `import os

def handler(event, context):
    return ["${text}", os.environ["GREETING"], os.environ.get("STAGE")]
`;

beforeAll(async () => {
  base = await runtimeImage('python3.13');
});

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'hello'));
  await write('Dockerfile', dockerfile);
  await write('.dockerignore', 'secret.txt\n');
  await write('secret.txt', 'not for the image');
  await write('app.py', app('one'));
});

afterEach(async () => {
  await folder[Symbol.asyncDispose]();
  const ours = await docker.listImages({ filters: { label: ['lambdock.build'] } });
  for (const { Id, RepoTags } of ours) {
    if (RepoTags?.some((tag) => built.has(tag))) await docker.getImage(Id).remove({ force: true });
  }
  built.clear();
});

/** Names of images that a test made. */
const built = new Set<string>();

const write = (name: string, text: string) => writeFile(join(folder.path, 'hello', name), text);

async function start(build: Readonly<Record<string, unknown>>): Promise<RunningApp> {
  const template = join(folder.path, 'lambdock.yaml');
  const functions = { hello: { memorySize: 512, timeout: 20, build: { context: 'hello', ...build } } };
  await writeFile(template, JSON.stringify({ spares: 0, functions }));
  const running = await RunningApp.start({ template });
  const rows = await fetch(`${running.address}/_lambdock/functions`).then((answer) => answer.json());
  for (const { image } of (rows as { functions: { image: string }[] }).functions) built.add(image);
  return running;
}

test('an image is built with arguments and the last stage, and again when a file changes', async () => {
  await using running = await start({ args: { BASE: base, GREETING: 'hi' } });
  expect((await running.invoke('hello')).payload).toEqual(['one', 'hi', 'last']);
  expect(running.output).toMatch(/step 1 of \d+: ARG BASE/);
  await write('app.py', app('two'));
  await running.prints(/hello: .*app\.py changed → ready in/);
  expect((await running.invoke('hello')).payload).toEqual(['two', 'hi', 'last']);
});

test('target chooses the stage, and BuildKit builds what only it can read', async () => {
  await write('Dockerfile', dockerfile.replace('RUN test', 'RUN --mount=type=cache,target=/cache test'));
  await using running = await start({ target: 'first', args: { BASE: base } });
  expect((await running.invoke('hello')).payload).toEqual(['one', 'none', null]);
});

test('secrets and an SSH agent are there for the step that mounts them, and not in the image', async () => {
  await writeFile(join(folder.path, 'token'), 'a secret token\n');
  const agent = createServer().listen(join(folder.path, 'agent.sock'));
  try {
    await once(agent, 'listening');
    await write(
      'Dockerfile',
      `ARG BASE
FROM \${BASE}
RUN --mount=type=secret,id=token cut -d ' ' -f 3 /run/secrets/token >/found.txt
RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo agent >>/found.txt
COPY app.py /var/task/
CMD ["app.handler"]
`,
    );
    await write(
      'app.py',
      `import os

def handler(event, context):
    return [open("/found.txt").read().split(), os.path.exists("/run/secrets/token")]
`,
    );
    await using running = await start({
      args: { BASE: base },
      secrets: { token: 'token' },
      ssh: [`default=${join(folder.path, 'agent.sock')}`],
    });
    expect((await running.invoke('hello')).payload).toEqual([['token', 'agent'], false]);
  } finally {
    agent.close();
  }
});

test('a build with a secret that fails shows the last output', async () => {
  await writeFile(join(folder.path, 'token'), 'a secret token');
  await write('Dockerfile', `${dockerfile}RUN --mount=type=secret,id=token echo the reason && false\n`);
  const template = { args: { BASE: base }, secrets: { token: 'token' } };
  await using running = await start(template);
  running.foresee(/hello failed/);
  expect(running.output).toMatch(
    /docker build failed\. `secrets` and `ssh` need an engine with BuildKit\. Last output:/,
  );
  expect(running.output).toMatch(/the reason/);
});

test('a step that fails leaves the function failed, with its last output, until it is mended', async () => {
  await write('Dockerfile', `${dockerfile}RUN echo the reason && false\n`);
  await using running = await start({ args: { BASE: base } });
  running.foresee(/hello failed/);
  expect(running.output).toMatch(/hello failed: Cannot build the image lambdock-build\/hello-/);
  expect(running.output).toMatch(/Last output:[\s\S]*the reason/);
  await write('Dockerfile', dockerfile);
  await running.prints(/hello: .*Dockerfile changed → ready in/);
  expect((await running.invoke('hello')).payload).toEqual(['one', 'none', 'last']);
});

test('Metadata of a SAM template says what an image is built from', async () => {
  const template = join(folder.path, 'template.yaml');
  await writeFile(
    template,
    `Transform: AWS::Serverless-2016-10-31
Parameters: { Greeting: { Type: String, Default: from-sam } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: hello, PackageType: Image, MemorySize: 512, Timeout: 20 }
    Metadata:
      Dockerfile: Dockerfile
      DockerContext: hello
      DockerTag: v1
      DockerBuildArgs: { BASE: "${base}", GREETING: !Ref Greeting }
`,
  );
  await using running = await RunningApp.start({ template, flags: { spares: '0' } });
  expect((await running.invoke('hello')).payload).toEqual(['one', 'from-sam', 'last']);
  const rows = await fetch(`${running.address}/_lambdock/functions`).then((answer) => answer.json());
  const { image } = (rows as { functions: { image: string }[] }).functions[0] ?? { image: '' };
  built.add(image);
  expect(image).toMatch(/^lambdock-build\/hello-[0-9a-f]{8}:v1$/);
});
