import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';

const root = resolve(__dirname, '../../..');
const run = promisify(execFile);

const flags = '-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all';

/** Builds `built/init` and `fuzz-frames` with sanitizers in the folder `$1`, which holds the sources. */
const build = `
  set -e
  cd "$1"
  mkdir built
  make -s -C init CC=cc "BUILD=$1/built" HARDENING= LDFLAGS="$2" OPTIMIZE='${flags}' MORE=../sanitizer-options.c
  cc ${flags} -std=c11 -D_GNU_SOURCE -Iinit $2 -o fuzz-frames fuzz-frames.c init/wire.c init/protocol.c init/start.c init/die.c`;

async function hasCompiler(): Promise<boolean> {
  return run('cc', ['--version']).then(
    () => true,
    () => false,
  );
}

/** In the image with compilers that the runtime images are made with. The sanitizers' libraries may be missing here. */
async function buildInContainer(folder: string): Promise<void> {
  const docker = new Docker();
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const image = tags.find((each) => each.startsWith('lambdock/toolchain:'));
  if (image === undefined)
    throw new Error('Neither cc nor a lambdock/toolchain image is here. Run lambdock prepare.');
  const [{ StatusCode }] = await docker.run(
    image,
    ['sh', '-c', build, 'sh', '/build', '-static-libasan -static-libubsan'],
    process.stderr,
    { HostConfig: { Binds: [`${folder}:/build`], AutoRemove: true } },
  );
  if (StatusCode !== 0) throw new Error(`The build with sanitizers exited with ${StatusCode}.`);
}

/** The init and the fuzzer of its parser, built with AddressSanitizer and UndefinedBehaviorSanitizer. */
export class SanitizedBuild implements AsyncDisposable {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<SanitizedBuild> {
    const folder = await mkdtemp(join(tmpdir(), 'lambdock-sanitized-'));
    await mkdir(join(folder, 'init'));
    for (const name of await readdir(join(root, 'images/init')))
      await copyFile(join(root, 'images/init', name), join(folder, 'init', name));
    for (const name of ['fuzz-frames.c', 'sanitizer-options.c'])
      await copyFile(join(root, 'test/images', name), join(folder, name));
    if (await hasCompiler()) await run('sh', ['-c', build, 'sh', folder, '']);
    else await buildInContainer(folder);
    return new SanitizedBuild(folder);
  }

  get init(): string {
    return join(this.folder, 'built/init');
  }

  get fuzzer(): string {
    return join(this.folder, 'fuzz-frames');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
