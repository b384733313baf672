import type { Architecture } from '../../../aws/architecture';
import { type BaseChoice, type Origin, origins } from '../../../runtimes/bases';
import { portablePython } from './portable-python';
import type { DebianBase, ImagePlan, Recipe, RegistryImage } from './recipe';

/** What is known of an image of the user's own that is on the engine. */
export interface OwnImage {
  /** Its id: a tag may move to another image. */
  readonly id: string;
  /** Whether it is laid out as AWS's own images are. */
  readonly hasRuntime: boolean;
}

/** How an image is made on one of the user's own; `compilers` says where compilers come from. */
export type PlanOnOwn = (image: OwnImage, compilers: Origin) => Recipe;

/** One way to make an image, on a base of `origin`. */
export type Candidate =
  | { readonly origin: Origin; readonly base: RegistryImage | DebianBase; readonly plan: Recipe }
  | { readonly origin: 'own'; readonly base: RegistryImage; readonly plan: PlanOnOwn };

/** A managed runtime: its images on each origin. */
export interface RuntimeRow {
  readonly runtime: string;
  readonly family: 'python' | 'nodejs' | 'provided';
  /** `3.13`, `22`, `al2023`. */
  readonly version: string;
  /** The Debian suite that has the interpreter; for Node.js, that its binary from npm runs on. */
  readonly suite: DebianBase['suite'];
  /** Exact version of the npm package with the interpreter. */
  readonly nodeVersion?: string;
  /** Exact version of the portable build of CPython, where the suite has another one. */
  readonly pythonVersion?: string;
}

function python(version: string, suite: DebianBase['suite']): RuntimeRow {
  return { runtime: `python${version}`, family: 'python', version, suite };
}

function portable(pythonVersion: string): RuntimeRow {
  return { ...python(pythonVersion.split('.', 2).join('.'), 'bookworm'), pythonVersion };
}

function nodejs(nodeVersion: string): RuntimeRow {
  const version = nodeVersion.split('.', 1).join('');
  return { runtime: `nodejs${version}.x`, family: 'nodejs', version, suite: 'bookworm', nodeVersion };
}

function provided(version: string): RuntimeRow {
  return { runtime: `provided.${version}`, family: 'provided', version, suite: 'bookworm' };
}

/** Debian has one Python per suite. Versions between them are portable builds on another suite. */
export const runtimeRows: readonly RuntimeRow[] = [
  python('3.9', 'bullseye'),
  portable('3.10.16'),
  python('3.11', 'bookworm'),
  portable('3.12.3'),
  python('3.13', 'trixie'),
  python('3.14', 'forky'),
  nodejs('16.20.2'),
  nodejs('18.20.8'),
  nodejs('20.20.2'),
  nodejs('22.23.3'),
  nodejs('24.21.0'),
  provided('al2'),
  provided('al2023'),
];

/** npm packages that images are made of, in exact versions: they are part of an image's hash. */
const clientPackages = ['aws-lambda-ric@3.3.0', 'aws-lambda-ric@4.0.2', 'node-addon-api@8.3.1'];
/** Node-API is the same in all versions, so the addon is compiled against the headers of one. */
const headersVersion = '22.23.3';
const npmVersion = '10.9.9';
/** The last npm that runs on Node.js 16. */
const npmVersionFor16 = '9.9.4';

function nodePackage(version: string, architecture: Architecture): string {
  return `node-linux-${architecture === 'arm64' ? 'arm64' : 'x64'}@${version}`;
}

function registry(reference: string): RegistryImage {
  return { kind: 'registry', reference };
}

const compilerBases: Readonly<Record<Origin, RegistryImage | DebianBase>> = {
  aws: registry('public.ecr.aws/docker/library/debian:bookworm-slim'),
  'docker-hub': registry('debian:bookworm-slim'),
  debian: { kind: 'debian', suite: 'bookworm' },
};

/** Compilers, the same for all that is compiled. */
function toolchain(origin: Origin): Recipe {
  return {
    kind: 'recipe',
    name: 'toolchain',
    dockerfile: 'toolchain/Dockerfile',
    sources: [],
    arguments: { BASE: compilerBases[origin] },
  };
}

/** What the init is compiled from: neither a binary that was compiled there by hand, nor texts and tests. */
export const initFiles: Pick<Recipe, 'sources' | 'includes'> = {
  sources: ['init'],
  includes: (path) => /\.[ch]$|file$/.test(path),
};

/** The ways to compile the init of sandboxes; its image holds `/init` and nothing else. */
export function initCandidates({ sources }: BaseChoice): readonly Candidate[] {
  const named = origins.filter((origin) => sources.includes(origin));
  return (named.length > 0 ? named : origins).map((origin) => ({
    origin,
    base: compilerBases[origin],
    plan: {
      kind: 'recipe',
      name: 'init',
      dockerfile: 'toolchain/init.Dockerfile',
      ...initFiles,
      arguments: { TOOLCHAIN: toolchain(origin) },
    },
  }));
}

function completed(row: RuntimeRow, base: RegistryImage): Recipe {
  return {
    kind: 'recipe',
    name: row.runtime,
    dockerfile: 'aws/Dockerfile',
    sources: [],
    arguments: { BASE: base },
  };
}

/** The AWS SDK that Lambda's image has: version 2 in Node.js 16, version 3 since. */
function sdkOf(row: RuntimeRow, compilers: Recipe, architecture: Architecture): Recipe {
  const lock = Number(row.version) < 18 ? 'sdk-v2' : 'sdk-v3';
  return {
    kind: 'recipe',
    name: `nodejs-${lock}`,
    dockerfile: 'nodejs/sdk.Dockerfile',
    sources: ['nodejs/install-packages.cjs', `nodejs/${lock}/package-lock.json`],
    arguments: { TOOLCHAIN: compilers, LOCK: lock },
    packages: [nodePackage(headersVersion, architecture), `npm@${npmVersion}`],
  };
}

/** An image in Lambda's layout on a base that has the interpreter, or gets the version `interpreter` as a package. */
function recipeOf(
  row: RuntimeRow,
  base: ImagePlan,
  compilerOrigin: Origin,
  architecture: Architecture,
  interpreter?: string,
): Recipe {
  const sources = ['layout'];
  if (row.family === 'python') {
    return {
      kind: 'recipe',
      name: row.runtime,
      dockerfile: 'python/Dockerfile',
      sources: [
        ...sources,
        'python/install.sh',
        'python/requirements.txt',
        'python/requirements-lang.txt',
        'python/root',
      ],
      arguments: {
        BASE: base,
        VERSION: row.version,
        // Only a portable build is stripped; elsewhere nothing has to be made first.
        TOOLCHAIN: interpreter === undefined ? base : toolchain(compilerOrigin),
      },
      packages: interpreter === undefined ? [] : [portablePython(interpreter, architecture)],
    };
  }
  if (row.family === 'provided') {
    const dockerfile = 'provided/Dockerfile';
    return { kind: 'recipe', name: row.runtime, dockerfile, sources, arguments: { BASE: base } };
  }
  const compilers = toolchain(compilerOrigin);
  const sdk = sdkOf(row, compilers, architecture);
  const client: Recipe = {
    kind: 'recipe',
    name: 'nodejs-client',
    dockerfile: 'nodejs/client.Dockerfile',
    sources: ['nodejs/client.mk'],
    arguments: { TOOLCHAIN: compilers },
    packages: [...clientPackages, nodePackage(headersVersion, architecture)],
  };
  return {
    kind: 'recipe',
    name: row.runtime,
    dockerfile: 'nodejs/Dockerfile',
    sources: [...sources, 'nodejs/root'],
    arguments: {
      BASE: base,
      TOOLCHAIN: compilers,
      CLIENT: client,
      SDK: sdk,
      // From 24 on, Lambda's client no longer takes handlers with a callback.
      CLIENT_LINE: Number(row.version) >= 24 ? '4' : '3',
      MAJOR: row.version,
    },
    packages: interpreter === undefined ? [] : [nodePackage(interpreter, architecture)],
  };
}

function hubImage({ family, version }: RuntimeRow): string {
  if (family === 'provided') return 'debian:bookworm-slim';
  return `${family === 'python' ? 'python' : 'node'}:${version}-slim`;
}

function builtIn(row: RuntimeRow, origin: Origin, architecture: Architecture): readonly Candidate[] {
  if (origin === 'debian') {
    const base: DebianBase = { kind: 'debian', suite: row.suite };
    return [
      { origin, base, plan: recipeOf(row, base, origin, architecture, row.nodeVersion ?? row.pythonVersion) },
    ];
  }
  if (origin === 'aws') {
    const base = registry(`public.ecr.aws/lambda/${row.family}:${row.version}`);
    return [{ origin, base, plan: completed(row, base) }];
  }
  const base = registry(hubImage(row));
  return [{ origin, base, plan: recipeOf(row, base, origin, architecture) }];
}

/** The ways to make a runtime's image, in the order in which they are tried. */
export function runtimeCandidates(
  row: RuntimeRow,
  architecture: Architecture,
  { sources, byRuntime }: BaseChoice,
): readonly Candidate[] {
  const own = (reference: string): Candidate => {
    const base = registry(reference);
    return {
      origin: 'own',
      base,
      plan({ id, hasRuntime }, compilers) {
        const plan = hasRuntime ? completed(row, base) : recipeOf(row, base, compilers, architecture);
        return { ...plan, arguments: { ...plan.arguments, BASE_ID: id } };
      },
    };
  };
  const reference = byRuntime.get(row.runtime);
  return [
    ...(reference === undefined ? [] : [own(reference)]),
    ...sources.flatMap((source) =>
      typeof source === 'string'
        ? builtIn(row, source, architecture)
        : [
            own(
              source.pattern.replace(
                /\{(family|version|runtime)\}/g,
                (_, key: keyof RuntimeRow) => `${row[key]}`,
              ),
            ),
          ],
    ),
  ];
}

/** The image to build layers in: the runtime's own where that has pip or npm, else one that adds it. */
export function layerImage(
  row: RuntimeRow,
  { origin, plan }: { readonly origin: Candidate['origin']; readonly plan: Recipe },
): Recipe {
  if (origin !== 'debian' || row.family !== 'nodejs') return plan;
  const version = Number(row.version) < 18 ? npmVersionFor16 : npmVersion;
  return {
    kind: 'recipe',
    name: `${row.runtime}-build`,
    dockerfile: 'nodejs/build.Dockerfile',
    sources: [],
    arguments: { RUNTIME: plan, NPM: `npm-${version}.tgz` },
    packages: [`npm@${version}`],
  };
}
