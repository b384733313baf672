import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCompiler } from '../lib/compile-c';

const root = resolve(__dirname, '../../..');

const flags = '-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all';

/** Builds `built/init` and `fuzz-frames` with sanitizers in the folder `$1`, which holds the sources. */
const build = `
  set -e
  cd "$1"
  mkdir built
  make -s -C init CC=cc "BUILD=$1/built" HARDENING= LDFLAGS="$2" OPTIMIZE='${flags}' MORE=../sanitizer-options.c
  cc ${flags} -std=c11 -D_GNU_SOURCE -Iinit $2 -o fuzz-frames fuzz-frames.c init/wire.c init/protocol.c init/start.c init/die.c`;

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
    // In the image the sanitizers' libraries are not there when the program runs.
    await runCompiler(build, folder, ['-static-libasan -static-libubsan']);
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
