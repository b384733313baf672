import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningApp } from '../../support/app/running-app';
import { LocalRegistry } from '../../support/engine/local-registry';
import { runtimeImage } from '../../support/engine/runtime-image';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

const docker = new Docker();
let folder: TemporaryFolder;
let registry: LocalRegistry;
let image: string;
/** The same, by its digest. */
let pinned: string;

const app = `def handler(event, context):
    return "from the registry"
`;

async function followed(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  registry = await LocalRegistry.start();
  image = `${registry.host}/team/hello:1`;
  await writeFile(join(folder.path, 'app.py'), app);
  await writeFile(
    join(folder.path, 'Dockerfile'),
    `FROM ${await runtimeImage('python3.13')}\nCOPY app.py /var/task/\nCMD ["app.handler"]\n`,
  );
  const context = { context: folder.path, src: ['Dockerfile', 'app.py'] };
  await followed(await docker.buildImage(context, { t: image }));
  const authconfig = { username: 'test', password: 'secret', serveraddress: registry.host };
  await followed(await docker.getImage(image).push({ authconfig }));
  const { RepoDigests } = await docker.getImage(image).inspect();
  pinned = RepoDigests.find((each) => each.startsWith(registry.host)) ?? '';
  await docker.getImage(image).remove({ force: true });
});

afterAll(async () => {
  await docker
    .getImage(image)
    .remove({ force: true })
    .catch(() => undefined);
  await registry?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function configured(name: string, auths: object): Promise<Record<string, string>> {
  const path = join(folder.path, name);
  await mkdir(path);
  await writeFile(join(path, 'config.json'), JSON.stringify({ auths }));
  return { DOCKER_CONFIG: path };
}

const start = (hello: object, variables: Record<string, string>) =>
  RunningApp.start({
    settings: { spares: 0 },
    functions: { hello: { memorySize: 512, timeout: 20, ...hello } },
    variables,
  });

test('without credentials the function fails with the registry`s answer', async () => {
  const variables = await configured('empty', {});
  await using running = await start({ image }, variables);
  running.foresee(/hello failed/);
  expect(running.output).toMatch(
    /hello failed: The engine has no image .*could not be pulled: .*no basic auth credentials/,
  );
});

test('an image is pulled, and a base image of a build, with the credentials of Docker`s configuration', async () => {
  const auth = Buffer.from('test:secret').toString('base64');
  const variables = await configured('login', { [registry.host]: { auth } });
  {
    await using running = await start({ image }, variables);
    running.foresee(/is available now|hello is ready/);
    expect((await running.invoke('hello')).payload).toBe('from the registry');
  }
  await docker.getImage(image).remove({ force: true });
  const context = join(folder.path, 'context');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), `FROM ${image}\nENV BUILT=1\n`);
  const own = `lambdock-test/from-registry:${process.pid}`;
  try {
    await using running = await start({ image: own, build: { context } }, variables);
    expect((await running.invoke('hello')).payload).toBe('from the registry');
  } finally {
    await docker.getImage(own).remove({ force: true });
  }
});

test('a digest pins an image, which is pulled once and not asked for again', async () => {
  expect(pinned).toMatch(/\/team\/hello@sha256:[0-9a-f]{64}$/);
  const auth = Buffer.from('test:secret').toString('base64');
  try {
    {
      await using running = await start(
        { image: pinned },
        await configured('pinned', { [registry.host]: { auth } }),
      );
      running.foresee(/is available now|hello is ready/);
      expect((await running.invoke('hello')).payload).toBe('from the registry');
    }
    // Without credentials any request to the registry would fail.
    await using running = await start({ image: pinned }, await configured('none', {}));
    expect((await running.invoke('hello')).payload).toBe('from the registry');
  } finally {
    await docker.getImage(pinned).remove({ force: true });
  }
});
