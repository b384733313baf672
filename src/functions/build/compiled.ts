import { existsSync } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Architecture } from '../../aws/architecture';
import { removeFolder, temporaryName } from '../../lib/files';
import { sha256 } from '../../lib/hash';
import { familyOf } from '../../runtimes/runtimes';
import { BundleError } from '../store/bundle';
import type { CompiledBuild } from '../template/wanted';
import { type HostProgram, runHostProgram } from './host-program';

/** What a folder shows of the compiler that it needs. */
export interface FoundCompiler {
  readonly method: CompiledBuild['method'];
  /** The file that shows it. */
  readonly file: string;
}

/** Files by which a compiler is found. A Rust library may be part of a function in another language. */
const signs: readonly (FoundCompiler & { readonly needs?: string })[] = [
  { file: 'go.mod', method: 'go' },
  { file: 'main.go', method: 'go' },
  { file: 'Cargo.toml', method: 'cargo', needs: 'src/main.rs' },
  { file: 'Cargo.toml', method: 'cargo', needs: 'src/bin' },
  { file: 'pom.xml', method: 'maven' },
];

/** The compiler for a folder's files; undefined if the code is used unchanged. */
export function compilerOf(folder: string, runtime = 'provided'): FoundCompiler | undefined {
  const has = (file: string) => existsSync(join(folder, file));
  if (has('bootstrap')) return undefined;
  const { compilers = [] } = familyOf(runtime) ?? {};
  return signs.find(
    ({ file, method, needs }) =>
      compilers.includes(method) && has(file) && (needs === undefined || has(needs)),
  );
}

export interface CompileJob {
  readonly method: CompiledBuild['method'];
  /** For messages: the folder, or a function's name. */
  readonly name: string;
  /** Absolute path of the folder with the sources. */
  readonly source: string;
  /** Absolute path of the empty folder that receives the code as Lambda takes it. */
  readonly target: string;
  /** Folder for what compilers keep from one build to the next. Absent: where each keeps it itself. */
  readonly cache?: string;
  readonly architecture: Architecture;
  /** Names the binary where Rust makes several. */
  readonly handler: string;
  readonly onLine?: (line: string) => void;
}

/**
 * Compiles code with the compilers of lambdock's own host.
 * @throws {BundleError} with the last lines of the compiler's output, or what has to be installed
 */
export async function compile(job: CompileJob): Promise<void> {
  await { go: compileGo, cargo: compileRust, maven: buildWithMaven }[job.method](job);
}

type Step = Pick<HostProgram, 'command' | 'arguments' | 'remedy'> & Pick<Partial<HostProgram>, 'variables'>;

function run({ source, name, method, onLine }: CompileJob, step: Step, folder = source): Promise<void> {
  const failure = `${name} cannot be built with ${method}`;
  return runHostProgram({ ...step, folder, failure, ...(onLine && { onLine }) });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html */
async function compileGo(job: CompileJob): Promise<void> {
  const main = existsSync(join(job.source, 'go.mod')) ? '.' : 'main.go';
  await run(job, {
    command: 'go',
    arguments: [
      'build',
      '-buildvcs=false',
      '-tags',
      'lambda.norpc',
      '-o',
      join(job.target, 'bootstrap'),
      main,
    ],
    variables: { GOOS: 'linux', GOARCH: job.architecture === 'arm64' ? 'arm64' : 'amd64', CGO_ENABLED: '0' },
    remedy: 'Install Go where lambdock runs, or build the executable bootstrap yourself.',
  });
}

/** With cargo-lambda where it is installed, else with a target that links everything statically. */
async function compileRust(job: CompileJob): Promise<void> {
  const { binary, targetFolder } = await cargoProject(job);
  const cache = job.cache === undefined ? targetFolder : join(job.cache, sha256(`cargo ${job.source}`));
  if (await printed(job, 'cargo', ['lambda', '--version'])) {
    const made = join(cache, 'lambda');
    await run(job, {
      command: 'cargo',
      arguments: [
        ...['lambda', 'build', '--release', '--bin', binary, '--lambda-dir', made],
        job.architecture === 'arm64' ? '--arm64' : '--x86-64',
      ],
      variables: { CARGO_TARGET_DIR: cache },
      remedy: rustRemedy,
    });
    return copyFile(join(made, binary, 'bootstrap'), join(job.target, 'bootstrap'));
  }
  const { triple, isGlibc } = await staticTarget(job);
  await run(job, {
    command: 'cargo',
    arguments: ['build', '--release', '--bin', binary, '--target', triple],
    // glibc is linked in too: that of the host may be newer than that of Lambda.
    variables: { CARGO_TARGET_DIR: cache, ...(isGlibc && { RUSTFLAGS: '-C target-feature=+crt-static' }) },
    remedy: rustRemedy,
  });
  return copyFile(join(cache, triple, 'release', binary), join(job.target, 'bootstrap'));
}

const rustRemedy = 'Install Rust where lambdock runs, or build the executable bootstrap yourself.';

/** The one binary of the package, or the one that the handler names; and where cargo builds. */
async function cargoProject(
  job: CompileJob,
): Promise<{ readonly binary: string; readonly targetFolder: string }> {
  const lines: string[] = [];
  await run(
    { ...job, onLine: (line) => void lines.push(line) },
    { command: 'cargo', arguments: ['metadata', '--no-deps', '--format-version', '1'], remedy: rustRemedy },
  );
  const metadata =
    lines.find((line) => line.startsWith('{')) ?? '{ "packages": [], "target_directory": "target" }';
  const { packages, target_directory: targetFolder } = JSON.parse(metadata) as {
    readonly target_directory: string;
    readonly packages: readonly { readonly targets: readonly { name: string; kind: readonly string[] }[] }[];
  };
  const names = packages.flatMap(({ targets }) =>
    targets.filter(({ kind }) => kind.includes('bin')).map(({ name }) => name),
  );
  const chosen =
    names.length === 1 ? names[0] : [job.handler, 'bootstrap'].find((each) => names.includes(each));
  if (chosen !== undefined) return { binary: chosen, targetFolder };
  throw new BundleError(
    'unsuitable',
    names.length === 0
      ? `${job.name} cannot be built with cargo: Cargo.toml has no binary. Add src/main.rs.`
      : `${job.name} cannot be built with cargo: the package has the binaries ${names.join(', ')}. Name one of them as the handler.`,
  );
}

/** A target of Rust whose programs need no library of the image. */
async function staticTarget(
  job: CompileJob,
): Promise<{ readonly triple: string; readonly isGlibc: boolean }> {
  const machine = job.architecture === 'arm64' ? 'aarch64' : 'x86_64';
  const musl = `${machine}-unknown-linux-musl`;
  const libraries = await printed(job, 'rustc', ['--print', 'target-libdir', '--target', musl]);
  if (libraries !== undefined && existsSync(libraries.trim())) return { triple: musl, isGlibc: false };
  const glibc = `${machine}-unknown-linux-gnu`;
  const about = await printed(job, 'rustc', ['-vV']);
  if (about?.includes(`host: ${glibc}`)) return { triple: glibc, isGlibc: true };
  throw new BundleError(
    'unsuitable',
    `${job.name} cannot be built with cargo: Rust has no target ${musl}. ` +
      `Install it with "rustup target add ${musl}", or install cargo-lambda.`,
  );
}

/** What a program prints; undefined where it fails or is not there. */
async function printed(
  job: CompileJob,
  command: string,
  words: readonly string[],
): Promise<string | undefined> {
  const lines: string[] = [];
  return run(
    { ...job, onLine: (line) => void lines.push(line) },
    { command, arguments: words, remedy: '' },
  ).then(
    () => lines.join('\n'),
    () => undefined,
  );
}

/** Results of earlier builds; they are not copied. */
const leftovers: ReadonlySet<string> = new Set(['target', '.git', 'node_modules']);

/** Classes in their packages and what they need in `lib`, as `sam build` lays them out. */
async function buildWithMaven(job: CompileJob): Promise<void> {
  const scratch = temporaryName(dirname(job.target));
  try {
    // Maven writes into the folder that it builds, which is watched.
    await cp(job.source, scratch, {
      recursive: true,
      filter: (path) => path === job.source || !leftovers.has(basename(path)),
    });
    await run(
      job,
      {
        command: 'mvn',
        arguments: [
          ...['--batch-mode', '--quiet', '-DskipTests', 'package', 'dependency:copy-dependencies'],
          ...['-DincludeScope=runtime', '-DoutputDirectory=target/lambdock-lib'],
        ],
        remedy: 'Install Maven where lambdock runs, or name the archive that you built in code.',
      },
      scratch,
    );
    await cp(join(scratch, 'target/classes'), job.target, { recursive: true });
    const libraries = join(scratch, 'target/lambdock-lib');
    if (existsSync(libraries)) await cp(libraries, join(job.target, 'lib'), { recursive: true });
  } finally {
    await removeFolder(scratch);
  }
}
