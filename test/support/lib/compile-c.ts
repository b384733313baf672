import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';

const run = promisify(execFile);

/**
 * Runs a shell script that compiles C, with `$1` the folder to work in: with this machine's compiler, else in the image with
 * compilers that the runtime images are made with, where the folder is mounted at `/build`.
 */
export async function runCompiler(
  script: string,
  folder: string,
  more: readonly string[] = [],
): Promise<void> {
  const hasCompiler = await run('cc', ['--version']).then(
    () => true,
    () => false,
  );
  if (hasCompiler) {
    await run('sh', ['-c', script, 'sh', folder]);
    return;
  }
  const docker = new Docker();
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const image = tags.find((each) => each.startsWith('lambdock/toolchain:'));
  if (image === undefined)
    throw new Error('Neither cc nor a lambdock/toolchain image is here. Run lambdock prepare.');
  const [{ StatusCode }] = await docker.run(
    image,
    ['sh', '-c', script, 'sh', '/build', ...more],
    process.stderr,
    { HostConfig: { Binds: [`${folder}:/build`], AutoRemove: true } },
  );
  if (StatusCode !== 0) throw new Error(`The compiler exited with ${StatusCode}.`);
}

/** Compiles one file to a static program beside it, named `output`. */
export function compileC(source: string, output: string): Promise<void> {
  return runCompiler(
    `cc -static -O1 -D_GNU_SOURCE -o "$1/${output}" "$1/$(basename '${source}')"`,
    dirname(source),
  );
}
