import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runChild } from '../../lib/child';
import { removeFolder, temporaryName } from '../../lib/files';
import type { ReportProgress } from '../../lib/progress';
import { BundleError } from '../store/bundle';
import type { EsbuildBuild } from '../template/wanted';
import { runHostProgram } from './host-program';
import { nearestFile, readManifest } from './node-project';

/** The release that is downloaded if a project has none. */
const usualVersion = '0.28.2';

const extensions = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

export interface EsbuildJob {
  readonly build: EsbuildBuild;
  /** The code's folder, which is not changed. */
  readonly source: string;
  /** Empty folder for the output. */
  readonly target: string;
  /** A further `node_modules` that is searched for packages. */
  readonly modules?: string;
}

/** Runs the project's esbuild, or else one that npm downloads to lambdock's folder. */
export class Esbuild {
  readonly #folder: string;
  readonly #caFile: string | undefined;
  readonly #fetched = new Map<string, Promise<string>>();

  /** @param folder contains downloaded releases */
  constructor(folder: string, caFile?: string) {
    this.#folder = folder;
    this.#caFile = caFile;
  }

  /** @throws {BundleError} with esbuild's own errors */
  async bundle({ build, source, target, modules }: EsbuildJob, report: ReportProgress): Promise<void> {
    const program = await this.#program(source, report);
    report('bundling with esbuild');
    await runHostProgram({
      command: program,
      arguments: [
        ...build.entryPoints.map((entry) => entryFile(source, entry)),
        ...['--bundle', '--platform=node', `--outdir=${target}`, '--log-level=warning', '--color=false'],
        ...build.options,
        ...(hasSdk(source, modules) ? [] : ['--external:@aws-sdk/*', '--external:@smithy/*']),
      ],
      folder: source,
      ...(modules !== undefined && { variables: { NODE_PATH: modules } }),
      failure: `${source} cannot be built with esbuild`,
      remedy: 'Install the packages of the project again.',
    });
  }

  /** Path of an esbuild that runs on this system. */
  async #program(source: string, report: ReportProgress): Promise<string> {
    const own = nearestFile(source, join('node_modules', 'esbuild', 'package.json'));
    const program = own && programOf(dirname(own));
    // A folder installed on another system, such as the host's in a container, has that system's program.
    if (program !== undefined && existsSync(program) && (await runs(program))) return program;
    const manifest = nearestFile(source, 'package.json');
    const wanted = manifest && readManifest(manifest).versionOf('esbuild');
    return this.#fetch((own && ownVersion(own)) ?? wanted ?? usualVersion, report);
  }

  #fetch(version: string, report: ReportProgress): Promise<string> {
    const fetching =
      this.#fetched.get(version) ??
      this.#install(version, report).catch((error: unknown) => {
        this.#fetched.delete(version);
        throw error;
      });
    this.#fetched.set(version, fetching);
    return fetching;
  }

  async #install(version: string, report: ReportProgress): Promise<string> {
    const folder = join(this.#folder, `esbuild-${version.replaceAll(/[^\w.-]/g, '_')}`);
    const installed = join(folder, 'node_modules', 'esbuild');
    if (existsSync(installed)) return programOf(installed);
    report(`downloading esbuild ${version}`);
    await mkdir(this.#folder, { recursive: true });
    const scratch = temporaryName(this.#folder);
    await mkdir(scratch);
    try {
      await runHostProgram({
        command: 'npm',
        arguments: [
          ...['install', `esbuild@${version}`, '--prefix', scratch, '--no-save', '--ignore-scripts'],
          ...['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
          ...(this.#caFile === undefined ? [] : [`--cafile=${this.#caFile}`]),
        ],
        folder: scratch,
        failure: `esbuild ${version} cannot be downloaded`,
        remedy: 'Install npm.',
      });
      // Another lambdock with the same folder may have been faster.
      await rm(folder, { recursive: true, force: true });
      await rename(scratch, folder);
    } finally {
      await removeFolder(scratch);
    }
    return programOf(installed);
  }
}

/** Whether the project has AWS's SDK as a package. If not, its code uses the runtime's. */
function hasSdk(source: string, modules: string | undefined): boolean {
  const inProject = nearestFile(source, join('node_modules', '@aws-sdk')) !== undefined;
  return inProject || (modules !== undefined && existsSync(join(modules, '@aws-sdk')));
}

/** The native program if its package is installed: its JavaScript launcher prints errors of its own. */
function programOf(folder: string): string {
  const system = `${process.platform}-${process.arch}`;
  const program = join(folder, '..', '@esbuild', system, 'bin', 'esbuild');
  return existsSync(program) ? program : join(folder, 'bin', 'esbuild');
}

async function runs(program: string): Promise<boolean> {
  const code = await runChild({ command: program, arguments: ['--version'], onLine: () => undefined }).catch(
    () => 1,
  );
  return code === 0;
}

function ownVersion(manifest: string): string | undefined {
  return /"version":\s*"([\w.-]+)"/.exec(readFileSync(manifest, 'utf8'))?.[1];
}

/** The entry's file with its extension, which handlers do not name. */
function entryFile(source: string, entry: string): string {
  const found = ['', ...extensions]
    .map((extension) => `${entry}${extension}`)
    .find((each) => existsSync(join(source, each)) && /\.\w+$/.test(each));
  if (found !== undefined) return `./${found.replace(/^\.\//, '')}`;
  throw new BundleError(
    'unsuitable',
    `${source} cannot be built with esbuild: it has no ${entry} with one of the extensions ${extensions.join(', ')}. Name the file in EntryPoints, or correct the handler.`,
  );
}
