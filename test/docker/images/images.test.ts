import { execFile } from 'node:child_process';
import { access, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { Images } from '../../../src/engine/docker/images/images';
import type { ImageStart } from '../../../src/engine/engine';
import { systemClock } from '../../../src/lib/clock';
import { inSandboxOf } from '../../support/init/in-sandbox';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const imagesFolder = resolve(__dirname, '../../../images');
/** Downloads are kept from run to run. */
const dataFolder = process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test');
const caFile = process.env.NODE_EXTRA_CA_CERTS;
const label = { 'lambdock.test': `images-${process.pid}` };

/** Like a new start of the emulator: it has to find everything again. */
function newImages(folder = dataFolder, bases = 'auto'): Images {
  return new Images({
    clock: systemClock,
    docker,
    imagesFolder,
    dataFolder: folder,
    bases,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    labels: label,
    ...(caFile !== undefined && { caFile }),
  });
}

const images = newImages();
const silent = () => undefined;
const inSandbox = inSandboxOf(docker, label);

async function idOf(image: string): Promise<string> {
  return (await docker.getImage(image).inspect()).Id;
}

afterAll(async () => {
  const filters = { label: Object.entries(label).map((pair) => pair.join('=')) };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true });
  }
});

const description = `echo "user $(id -u):$(id -g) $(id -un)"
for each in /var/runtime /var/task /opt; do stat -c '%n %U:%G %a' $each; done
test -x /var/runtime/bootstrap && echo bootstrap; test -x /lambda-entrypoint.sh && echo entrypoint
touch /var/runtime/x 2>/dev/null || echo read-only
test -e /build/ca.pem || test -e /ca.pem || echo 'no certificates left'
env | grep -E '^(LANG|TZ|PATH|LD_LIBRARY_PATH|LAMBDA_)' | sort`;

const sameForAll = `user 993:990 sbx_user1051
/var/runtime root:root 755
/var/task root:root 755
/opt root:root 755
bootstrap
entrypoint
read-only
no certificates left
LAMBDA_RUNTIME_DIR=/var/runtime
LAMBDA_TASK_ROOT=/var/task
LANG=en_US.UTF-8
LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib
PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin
TZ=:UTC
`;

describe.each(['python3.11', 'python3.13', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'])('%s', (runtime) => {
  let start: ImageStart;
  const interpreter = runtime.startsWith('python') ? `/var/lang/bin/${runtime}` : '/var/lang/bin/node';
  const script = `/var/runtime/${runtime.startsWith('python') ? 'bootstrap.py' : 'index.mjs'}`;

  beforeAll(async () => {
    start = await images.runtimeImage(runtime, silent);
  }, 600_000);

  test('is built once: a second start of lambdock only looks it up', async () => {
    const steps: string[] = [];
    const again = await newImages().runtimeImage(runtime, (step) => steps.push(step));
    expect(again).toEqual(start);
    expect(steps).toEqual([]);
    expect(start).toMatchObject({
      entryPoint: ['/var/runtime/bootstrap'],
      command: [],
      workingDirectory: '/var/task',
      environment: { LAMBDA_TASK_ROOT: '/var/task', TZ: ':UTC' },
    });
    expect(start.image).toMatch(new RegExp(`^lambdock/${runtime}:[0-9a-f]{12}$`));
  });

  test("has Lambda's layout", async () => {
    expect(await inSandbox(start.image, ['/bin/sh', '-c', description])).toEqual({
      code: 0,
      output: sameForAll,
    });
  });

  test('has the interpreter of its version', async () => {
    const { output } = await inSandbox(start.image, [interpreter, '--version']);
    const version = /[0-9.]+/.exec(runtime)?.[0] ?? '';
    expect(output).toMatch(runtime.startsWith('python') ? `Python ${version}` : `v${version}`);
  });

  test('puts a wrapper before the interpreter, its options, and the script as the last', async () => {
    await using folder = await TemporaryFolder.make();
    const wrapper = '#!/bin/sh\nfor each; do echo "$each"; done; echo "$AWS_EXECUTION_ENV"\n';
    await writeFile(join(folder.path, 'wrapper'), wrapper, { mode: 0o755 });
    await promisify(execFile)('chmod', ['755', folder.path]);
    const { code, output } = await inSandbox(start.image, ['/var/runtime/bootstrap'], {
      environment: ['AWS_LAMBDA_EXEC_WRAPPER=/opt/wrapper'],
      binds: [`${folder.path}:/opt:ro`],
    });
    const lines = output.trim().split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toBe(interpreter);
    expect(lines.at(-2)).toBe(script);
    expect(lines.at(-1)).toBe(`AWS_Lambda_${runtime}`);
  });

  test.each([
    ['/opt/missing', 127, '/opt/missing: does not exist\n'],
    ['/etc/passwd', 126, '/etc/passwd: is not an executable\n'],
  ])('does not start with the wrapper %s', async (wrapper, code, output) => {
    const environment = [`AWS_LAMBDA_EXEC_WRAPPER=${wrapper}`];
    expect(await inSandbox(start.image, start.entryPoint, { environment })).toEqual({ code, output });
  });

  test('requires exactly one handler from its entrypoint', async () => {
    const ended = await inSandbox(start.image, ['/lambda-entrypoint.sh', 'app.handler', 'too-many']);
    expect(ended).toEqual({
      code: 142,
      output: 'entrypoint requires the handler name to be the first argument\n',
    });
  });
});

test.each([
  [[], ['--max-semi-space-size=6', '--max-old-space-size=116']],
  [['NODE_OPTIONS=--max_old_space_size=90'], []],
  [['AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769'], ['--max-semi-space-size=88', '--max-old-space-size=1593']],
])("node's heap follows the memory size unless the function set it: %j", async (environment, expected) => {
  const { image } = await images.runtimeImage('nodejs24.x', silent);
  const { output } = await inSandbox(image, ['/var/runtime/bootstrap'], {
    environment: [...environment, 'AWS_LAMBDA_EXEC_WRAPPER=/bin/echo'],
  });
  expect(output.split(' ').filter((each) => each.includes('space-size'))).toEqual(expected);
});

test('callers that want the same image at the same time share one build', async () => {
  await using folder = await TemporaryFolder.make();
  const copy = join(folder.path, 'images');
  await cp(imagesFolder, copy, { recursive: true });
  const file = join(copy, 'toolchain/init.Dockerfile');
  await writeFile(file, `${await readFile(file, 'utf8')}LABEL lambdock.test=${process.pid}\n`);
  const own = new Images({
    clock: systemClock,
    docker,
    imagesFolder: copy,
    dataFolder: join(folder.path, 'data'),
    bases: 'auto',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  });
  const steps: string[] = [];
  const paths = await Promise.all([1, 2, 3].map(() => own.initBinary((step) => steps.push(step))));
  expect(new Set(paths).size).toBe(1);
  expect(steps.filter((step) => step === 'Built image init')).toHaveLength(1);
  const filters = { label: [`lambdock.test=${process.pid}`] };
  const made = await docker.listImages({ filters });
  await Promise.all(made.map(({ Id }) => docker.getImage(Id).remove({ force: true })));
  expect(made).toHaveLength(1);
}, 300_000);

test("the init is a static program, and found without the engine's help the next time", async () => {
  await using folder = await TemporaryFolder.make();
  const fresh = folder.path;
  const binary = await newImages(fresh).initBinary(silent);
  const { mode } = await stat(binary);
  expect(mode & 0o555).toBe(0o555);
  expect((await readFile(binary)).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  const { stdout } = await promisify(execFile)('sh', ['-c', `ldd ${binary} 2>&1 || true`]);
  expect(stdout).toMatch(/not a dynamic|statically/);
  const deaf = new Images({
    clock: systemClock,
    docker: new Docker({ socketPath: '/no/such/engine.sock' }),
    imagesFolder,
    dataFolder: fresh,
    bases: 'auto',
    architecture: 'x86_64',
  });
  expect(await deaf.initBinary(silent)).toBe(binary);
}, 300_000);

test('a runtime without a base is an error with what to do', async () => {
  const failure = newImages(dataFolder, 'aws,docker-hub').runtimeImage('python3.12', silent);
  await expect(failure).rejects.toMatchObject({ kind: 'runtime-unavailable' });
  await expect(failure).rejects.toThrow(/public\.ecr\.aws\/lambda\/python:3\.12, python:3\.12-slim/);
  await expect(images.runtimeImage('java99', silent)).rejects.toThrow(
    /No image is available for runtime java99/,
  );
}, 60_000);

test("returns the id of a function's image, and its entry point and command", async () => {
  const { image } = await images.runtimeImage('python3.13', silent);
  expect(await images.functionImage(image, silent)).toMatchObject({
    image: await idOf(image),
    entryPoint: ['/lambda-entrypoint.sh'],
    command: [],
    workingDirectory: '/var/task',
    environment: { LAMBDA_RUNTIME_DIR: '/var/runtime' },
  });
  const missing = images.functionImage('lambdock-test/no-such-image:1', silent);
  await expect(missing).rejects.toMatchObject({ kind: 'image-missing' });
  await expect(missing).rejects.toThrow(/no image lambdock-test\/no-such-image:1.*docker build/);
}, 60_000);

describe('layers', () => {
  test('a requirements.txt becomes a folder of packages that the runtime can import', async () => {
    await using folder = await TemporaryFolder.make();
    const [sourceFolder, targetFolder] = [join(folder.path, 'pillow'), join(folder.path, 'layer')];
    await Promise.all([mkdir(sourceFolder), mkdir(targetFolder)]);
    await writeFile(join(sourceFolder, 'requirements.txt'), 'Pillow\n');
    const steps: string[] = [];
    await images.buildLayer({ runtime: 'python3.13', sourceFolder, targetFolder }, (step) =>
      steps.push(step),
    );
    // Installers print a line for each package, which are left out.
    expect(steps.filter((step) => step.includes('Pillow'))).toEqual([]);
    expect(await readdir(targetFolder)).toEqual(['python']);
    expect(await readdir(join(targetFolder, 'python/PIL/__pycache__'))).not.toEqual([]);

    const { image } = await images.runtimeImage('python3.13', silent);
    await promisify(execFile)('chmod', ['755', folder.path]);
    const program =
      "import sys; sys.path[:0] = ['/opt/python']; from PIL import Image; print(Image.new('L', (8, 8)).size)";
    const ended = await inSandbox(image, ['/var/lang/bin/python3.13', '-c', program], {
      binds: [`${targetFolder}:/opt:ro`],
    });
    expect(ended).toEqual({ code: 0, output: '(8, 8)\n' });
  }, 300_000);

  test('a package.json becomes node_modules that both import and require find', async () => {
    await using folder = await TemporaryFolder.make();
    const [sourceFolder, targetFolder, codeFolder] = ['source', 'layer', 'code'].map((each) =>
      join(folder.path, each),
    ) as [string, string, string];
    await Promise.all([sourceFolder, targetFolder, codeFolder].map((each) => mkdir(each)));
    const manifest = { dependencies: { ms: '2.1.3' }, devDependencies: { 'left-pad': '1.3.0' } };
    await writeFile(join(sourceFolder, 'package.json'), JSON.stringify(manifest));
    await images.buildLayer({ runtime: 'nodejs22.x', sourceFolder, targetFolder }, silent);
    expect(await readdir(targetFolder)).toEqual(['nodejs']);
    await access(join(targetFolder, 'nodejs/node_modules/ms/package.json'));
    await expect(access(join(targetFolder, 'nodejs/node_modules/left-pad'))).rejects.toThrow('ENOENT');

    const program = `import ms from 'ms'; import { createRequire } from 'node:module';
      console.log(ms('2 days'), createRequire(import.meta.url)('ms') === ms);`;
    await writeFile(join(codeFolder, 'program.mjs'), program);
    const wrapper = `#!/bin/bash\nexec "\${@:1:$#-1}" /var/task/program.mjs\n`;
    await writeFile(join(codeFolder, 'wrapper'), wrapper, { mode: 0o755 });
    await promisify(execFile)('chmod', ['755', folder.path]);
    const { image } = await images.runtimeImage('nodejs22.x', silent);
    const ended = await inSandbox(image, ['/var/runtime/bootstrap'], {
      environment: ['AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrapper'],
      binds: [`${targetFolder}:/opt:ro`, `${codeFolder}:/var/task:ro`],
    });
    expect(ended).toEqual({ code: 0, output: '172800000 true\n' });
  }, 300_000);

  test('accepts editable packages, nested lists and byte order marks', async () => {
    await using folder = await TemporaryFolder.make();
    const [sourceFolder, targetFolder] = [join(folder.path, 'source'), join(folder.path, 'layer')];
    await mkdir(join(sourceFolder, 'own'), { recursive: true });
    await mkdir(targetFolder);
    const setup = "from setuptools import setup\nsetup(name='own', version='1', py_modules=['own'])\n";
    await writeFile(join(sourceFolder, 'own/setup.py'), setup);
    await writeFile(join(sourceFolder, 'own/own.py'), 'NUMBER = 7\n');
    await writeFile(join(sourceFolder, 'base.txt'), '-e ./own\n');
    await writeFile(join(sourceFolder, 'requirements.txt'), '\ufeff-r base.txt\r\nsix==1.17.0\r\n');
    await images.buildLayer({ runtime: 'python3.13', sourceFolder, targetFolder }, silent);
    expect(await readdir(join(targetFolder, 'python'))).toEqual(expect.arrayContaining(['own.py', 'six.py']));
    expect(await readFile(join(targetFolder, 'python/base.txt'), 'utf8')).toBe('-e ./own\n');
  }, 300_000);

  test('scripts of a project do not need its development tools, and an old lock is brought up to date', async () => {
    await using folder = await TemporaryFolder.make();
    const [sourceFolder, targetFolder] = [join(folder.path, 'source'), join(folder.path, 'layer')];
    await Promise.all([mkdir(sourceFolder), mkdir(targetFolder)]);
    const manifest = {
      name: 'shop',
      scripts: {
        preinstall: 'npx only-allow pnpm',
        postinstall: 'echo made > made.txt && no-such-tool',
        prepare: 'husky install',
      },
      dependencies: { ms: '2.1.3' },
    };
    const lock = { name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop' } } };
    await writeFile(join(sourceFolder, 'package.json'), `\ufeff${JSON.stringify(manifest)}`);
    await writeFile(join(sourceFolder, 'package-lock.json'), JSON.stringify(lock));
    await images.buildLayer({ runtime: 'nodejs22.x', sourceFolder, targetFolder }, silent);
    await access(join(targetFolder, 'nodejs/node_modules/ms/package.json'));
    expect(await readFile(join(targetFolder, 'nodejs/made.txt'), 'utf8')).toBe('made\n');
    const failing = { ...manifest, scripts: { postinstall: 'exit 3' } };
    await writeFile(join(sourceFolder, 'package.json'), JSON.stringify(failing));
    await expect(
      images.buildLayer({ runtime: 'nodejs22.x', sourceFolder, targetFolder }, silent),
    ).rejects.toThrow(/exit code 3/);
  }, 300_000);

  test("a failed build prints the packager's last output, and leaves no container", async () => {
    await using folder = await TemporaryFolder.make();
    await writeFile(join(folder.path, 'requirements.txt'), 'lambdock-no-such-package==1.0\n');
    const build = { runtime: 'python3.13', sourceFolder: folder.path, targetFolder: folder.path };
    const failure = images.buildLayer(build, silent);
    await expect(failure).rejects.toMatchObject({ kind: 'build-failed' });
    await expect(failure).rejects.toThrow(
      /No matching distribution found for lambdock-no-such-package==1\.0/,
    );
    const filters = { label: Object.entries(label).map((pair) => pair.join('=')) };
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
  }, 300_000);

  test('reports a folder without the file of its runtime family', async () => {
    await using folder = await TemporaryFolder.make();
    const build = { runtime: 'nodejs22.x', sourceFolder: folder.path, targetFolder: folder.path };
    await expect(images.buildLayer(build, silent)).rejects.toThrow(/has no package\.json/);
  }, 300_000);
});

describe('bases of the user', () => {
  const own = (bases: string) =>
    new Images({
      clock: systemClock,
      docker,
      imagesFolder,
      dataFolder,
      bases,
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
      ...(caFile !== undefined && { caFile }),
    });

  /** Gives an image another name for as long as the test runs, and removes what was made on it. */
  async function tagged(image: string, repo: string, tag: string): Promise<AsyncDisposable> {
    await docker.getImage(image).tag({ repo, tag });
    return {
      async [Symbol.asyncDispose]() {
        await docker.getImage(`${repo}:${tag}`).remove();
      },
    };
  }

  test('an image in Lambda`s layout gets only the user added', async () => {
    const { image } = await images.runtimeImage('python3.13', silent);
    const repo = `lambdock-test/own-${process.pid}`;
    await using _tag = await tagged(image, repo, 'mine');
    const start = await own(`python3.13=${repo}:mine`).runtimeImage('python3.13', silent);
    expect(start.image).not.toBe(image);
    const { output } = await inSandbox(start.image, ['/bin/sh', '-c', description]);
    await docker.getImage(start.image).remove({ force: true });
    expect(output).toBe(sameForAll);
  }, 300_000);

  test('an image that has the interpreter gets the rest', async () => {
    const base = (await docker.listImages({ filters: { reference: ['lambdock/debian-trixie'] } }))[0];
    if (!base) throw new Error('the engine has no Debian base');
    const repo = `lambdock-test/mirror-${process.pid}/python`;
    await using _tag = await tagged(base.Id, repo, '3.13');
    const pattern = `lambdock-test/mirror-${process.pid}/{family}:{version}`;
    const start = await own(`${pattern}, debian`).runtimeImage('python3.13', silent);
    expect(start.image).not.toBe((await images.runtimeImage('python3.13', silent)).image);
    const { output } = await inSandbox(start.image, ['/bin/sh', '-c', description]);
    await docker.getImage(start.image).remove({ force: true });
    expect(output).toBe(sameForAll);
  }, 300_000);
});
