import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Architecture } from '../../aws/architecture';
import { removeFolder, temporaryName } from '../../lib/files';
import type { ReportProgress } from '../../lib/progress';
import { BundleError } from '../store/bundle';
import type { CrateLayer } from '../template/wanted';
import { runHostProgram } from './host-program';

const targets: Readonly<Record<Architecture, { readonly node: string; readonly rust: string }>> = {
  x86_64: { node: 'x64', rust: 'x86_64-unknown-linux-gnu' },
  arm64: { node: 'arm64', rust: 'aarch64-unknown-linux-gnu' },
};

/** What sets compiling apart from a release of its own: it should take little time, and run in every image. */
const variables = {
  CARGO_PROFILE_RELEASE_LTO: 'false',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  RUSTFLAGS: '-Ctarget-feature=+crt-static -Cstrip=symbols',
};

/**
 * Compiles a program of crates.io with the cargo of lambdock's host.
 * @param file where the program is put
 * @throws {BundleError} where it cannot be compiled
 */
export async function compileCrate(
  { name, crate, version, program }: CrateLayer,
  file: string,
  architecture: Architecture,
  report: ReportProgress,
): Promise<void> {
  const { node, rust } = targets[architecture];
  const remedy = `Name a folder or zip file for ${name} in lambdock.yaml, below layers.`;
  const failure = `The layer ${name} cannot be built from the crate ${crate}`;
  if (process.platform !== 'linux' || process.arch !== node) {
    throw new BundleError(
      'unsuitable',
      `${failure}: lambdock does not run on Linux for ${architecture}. ${remedy}`,
    );
  }
  const scratch = temporaryName(dirname(file));
  try {
    report(`compiling ${crate} ${version}, which takes minutes`);
    await mkdir(scratch, { recursive: true });
    await runHostProgram({
      command: 'cargo',
      arguments: [
        ...['install', crate, '--version', `=${version}`, '--locked', '--quiet', '--target', rust],
        ...['--root', join(scratch, 'root'), '--target-dir', join(scratch, 'target')],
      ],
      folder: scratch,
      variables,
      failure,
      remedy: `Install Rust, or name a folder or zip file for ${name} in lambdock.yaml, below layers.`,
    });
    await mkdir(dirname(file), { recursive: true });
    await copyFile(join(scratch, 'root', 'bin', program), file);
  } finally {
    await removeFolder(scratch);
  }
}
