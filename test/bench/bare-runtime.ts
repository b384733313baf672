import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Child, run } from './child';
import { handler } from './functions';

/** Variables of a function, as far as the client needs them or works in another way without them. */
const variables = {
  // With it the client polls from a thread of its own, one for each call: as on Lambda, and as it does in a sandbox.
  AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  LD_LIBRARY_PATH:
    '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
  LAMBDA_TASK_ROOT: '/var/task',
  LAMBDA_RUNTIME_DIR: '/var/runtime',
  AWS_REGION: 'us-east-1',
  AWS_LAMBDA_FUNCTION_NAME: 'warm',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/warm',
  AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
  _HANDLER: handler,
};
const asFlags = (environment: Readonly<Record<string, string>>) =>
  Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

/** On every container of this run, so that none of another's is removed. */
const label = `lambdock.bench=${process.pid}`;

/** The runtime image's own client with nothing of lambdock around it: by chroot, or in a plain container. */
export class BareRuntime {
  private constructor(
    readonly image: string,
    private readonly codeFolder: string,
    /** The image's files; absent where this process may not chroot. */
    private readonly root: string | undefined,
  ) {}

  /** Lays the image's files out once per image, in a folder that is kept. */
  static async open(image: string, codeFolder: string, rootsFolder: string): Promise<BareRuntime> {
    if (process.getuid?.() !== 0) return new BareRuntime(image, codeFolder, undefined);
    const root = join(rootsFolder, image.replaceAll(/[^\w.]/g, '-'));
    if (!existsSync(root)) {
      // Those of earlier images are of no use any more.
      await rm(rootsFolder, { recursive: true, force: true });
      await layOut(image, root);
    }
    await copyFile(join(codeFolder, 'app.py'), join(root, 'var', 'task', 'app.py'));
    return new BareRuntime(image, codeFolder, root);
  }

  /** What stands around the runtime, in words. */
  get surroundings(): string {
    return this.root === undefined ? 'docker run --network host (no root, so no chroot)' : 'chroot';
  }

  /** Starts the runtime's bootstrap against a Runtime API at `HOST:PORT`. */
  start(runtimeApi: string): Child {
    return this.#run(['/var/runtime/bootstrap'], { ...variables, AWS_LAMBDA_RUNTIME_API: runtimeApi });
  }

  /** Starts AWS's emulator with the same runtime under it; it listens at `port`, its Runtime API at the one above. */
  async startEmulator(binary: string, port: number): Promise<Child> {
    const name = basename(binary);
    if (this.root !== undefined) await copyFile(binary, join(this.root, name));
    return this.#run(
      [
        `/${name}`,
        ...['--runtime-interface-emulator-address', `127.0.0.1:${port}`],
        ...['--runtime-api-address', `127.0.0.1:${port + 1}`],
        ...['/var/runtime/bootstrap', handler],
      ],
      { ...variables, LOG_LEVEL: 'error' },
      [`--volume=${binary}:/${name}:ro`],
    );
  }

  /** `docker run` of the same image and code, with the network that starts fastest. */
  runContainer(runtimeApi: string): Child {
    return this.#container(['/var/runtime/bootstrap'], { ...variables, AWS_LAMBDA_RUNTIME_API: runtimeApi });
  }

  /** Starts a container of the image that waits; resolves when the command has returned. */
  startDetached(): Promise<string> {
    return run(
      'docker',
      ...['run', '--detach', '--rm', `--label=${label}`, `--volume=${this.codeFolder}:/var/task:ro`],
      ...['--entrypoint=/usr/bin/env', this.image, 'python3', '-c', 'import time; time.sleep(60)'],
    );
  }

  /** Removes the containers of `startDetached`. */
  removeDetached(): Promise<void> {
    return BareRuntime.removeContainers();
  }

  /** Removes the containers that have not ended by themselves. */
  static async removeContainers(): Promise<void> {
    const left = (await run('docker', 'ps', '--all', '--quiet', '--filter', `label=${label}`)).trim();
    if (left !== '') await run('docker', 'rm', '--force', '--volumes', ...left.split('\n'));
  }

  #run(
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    flags: string[] = [],
  ): Child {
    if (this.root === undefined) return this.#container(command, environment, flags);
    const argv = ['--userspec=993:990', this.root, ...command];
    // Where chroot itself is looked for too.
    const PATH = `${variables.PATH}:/usr/sbin:/sbin`;
    return new Child('chroot', argv, { environment: { ...environment, PATH } });
  }

  #container(
    [program = '', ...rest]: readonly string[],
    environment: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Child {
    return new Child('docker', [
      ...['run', '--rm', '--network=host', `--label=${label}`, '--user=993:990', '--workdir=/var/task'],
      ...[`--volume=${this.codeFolder}:/var/task:ro`, ...flags, ...asFlags(environment)],
      ...[`--entrypoint=${program}`, this.image, ...rest],
    ]);
  }
}

async function layOut(image: string, root: string): Promise<void> {
  const part = `${root}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const container = (await run('docker', 'create', `--label=${label}`, image, 'none')).trim();
  try {
    await run('sh', '-c', 'docker export "$1" | tar -x -C "$2"', 'sh', container, part);
    await run('sh', '-c', 'cd "$1/dev" && rm -f null && mknod -m 666 null c 1 3', 'sh', part);
  } finally {
    await run('docker', 'rm', '--volumes', container);
  }
  await rename(part, root);
}
