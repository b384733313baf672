import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFolder, temporaryName } from '../../lib/files';
import { BundleError } from '../store/bundle';
import { runHostProgram } from './host-program';

export interface MakeJob {
  /** Folder with the makefile; make runs in a copy of it. */
  readonly source: string;
  readonly target: string;
  /** Absolute path of the empty folder that the target fills. */
  readonly result: string;
}

/**
 * Runs a target of a makefile as `sam build` does: with the folder to fill in `ARTIFACTS_DIR`.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/building-custom-runtimes.html
 * @throws {BundleError} with the last lines of make's output
 */
export async function runMake({ source, target, result }: MakeJob): Promise<void> {
  if (!['Makefile', 'makefile', 'GNUmakefile'].some((name) => existsSync(join(source, name)))) {
    throw new BundleError(
      'unsuitable',
      `Cannot make ${target}: the folder has no Makefile. Add one with this target, or leave BuildMethod out.`,
    );
  }
  const scratch = temporaryName(dirname(result));
  try {
    await mkdir(scratch);
    await cp(source, scratch, { recursive: true, verbatimSymlinks: true });
    await runHostProgram({
      command: 'make',
      arguments: ['--no-print-directory', target, `ARTIFACTS_DIR=${result}`],
      folder: scratch,
      failure: `Cannot make ${target}`,
      remedy: 'Install make where lambdock runs, or run "sam build" and host .aws-sam/build/template.yaml.',
    });
  } finally {
    await removeFolder(scratch);
  }
}
