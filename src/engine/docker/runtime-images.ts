import type { Architecture } from '../../aws/architecture';
import type { DebianBase, ImagePlan, Recipe, RegistryImage } from './recipe';

/** Where the base of an image comes from, the most faithful first. */
export const origins = ['aws', 'docker-hub', 'debian'] as const;
export type Origin = (typeof origins)[number];

/** One way to make an image: on a base of `origin`, by `plan`. */
export interface Candidate {
  readonly origin: Origin;
  readonly base: RegistryImage | DebianBase;
  readonly plan: Recipe;
}

/** A managed runtime: its images on each origin. */
export interface RuntimeRow {
  readonly runtime: string;
  readonly family: 'python' | 'nodejs';
  /** `3.13`, `22`. */
  readonly version: string;
  /** The Debian suite that has the interpreter; for Node.js, that its binary from npm runs on. */
  readonly suite?: DebianBase['suite'];
  /** Exact version of the npm package with the interpreter. */
  readonly nodeVersion?: string;
}

function python(version: string, suite?: DebianBase['suite']): RuntimeRow {
  return { runtime: `python${version}`, family: 'python', version, ...(suite && { suite }) };
}

function nodejs(nodeVersion: string): RuntimeRow {
  const version = nodeVersion.split('.', 1).join('');
  return { runtime: `nodejs${version}.x`, family: 'nodejs', version, suite: 'bookworm', nodeVersion };
}

/** Debian has one Python per suite, so most versions come from registries alone. */
export const runtimeRows: readonly RuntimeRow[] = [
  python('3.9'),
  python('3.10'),
  python('3.11', 'bookworm'),
  python('3.12'),
  python('3.13', 'trixie'),
  python('3.14'),
  nodejs('18.20.8'),
  nodejs('20.20.2'),
  nodejs('22.23.3'),
  nodejs('24.21.0'),
];

/** npm packages that images are made of, in exact versions: they are part of an image's hash. */
const clientPackages = ['aws-lambda-ric@3.3.0', 'aws-lambda-ric@4.0.2', 'node-addon-api@8.3.1'];
/** Node-API is the same in all versions, so the addon is compiled against the headers of one. */
const headersVersion = '22.23.3';
const npmVersion = '10.9.9';

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
export function initCandidates(): readonly Candidate[] {
  return origins.map((origin) => ({
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

function onAws(row: RuntimeRow): Candidate {
  const base = registry(`public.ecr.aws/lambda/${row.family}:${row.version}`);
  return {
    origin: 'aws',
    base,
    plan: {
      kind: 'recipe',
      name: row.runtime,
      dockerfile: 'aws/Dockerfile',
      sources: [],
      arguments: { BASE: base },
    },
  };
}

function recipeOf(row: RuntimeRow, base: ImagePlan, origin: Origin, architecture: Architecture): Recipe {
  const sources = ['layout'];
  if (row.family === 'python') {
    return {
      kind: 'recipe',
      name: row.runtime,
      dockerfile: 'python/Dockerfile',
      sources: [...sources, 'python/requirements.txt', 'python/root'],
      arguments: { BASE: base, VERSION: row.version },
    };
  }
  const compilers = toolchain(origin);
  const client: Recipe = {
    kind: 'recipe',
    name: 'nodejs-client',
    dockerfile: 'nodejs/client.Dockerfile',
    sources: ['nodejs/client.mk'],
    arguments: { TOOLCHAIN: compilers },
    packages: [...clientPackages, nodePackage(headersVersion, architecture)],
  };
  const interpreter = origin === 'debian' && row.nodeVersion;
  return {
    kind: 'recipe',
    name: row.runtime,
    dockerfile: 'nodejs/Dockerfile',
    sources: [...sources, 'nodejs/root'],
    arguments: {
      BASE: base,
      TOOLCHAIN: compilers,
      CLIENT: client,
      // From 24 on, Lambda's client no longer takes handlers with a callback.
      CLIENT_LINE: Number(row.version) >= 24 ? '4' : '3',
      MAJOR: row.version,
    },
    packages: interpreter ? [nodePackage(interpreter, architecture)] : [],
  };
}

/** The ways to make a runtime's image, the most faithful first. */
export function runtimeCandidates(row: RuntimeRow, architecture: Architecture): readonly Candidate[] {
  const hubBase = registry(`${row.family === 'python' ? 'python' : 'node'}:${row.version}-slim`);
  const candidates: Candidate[] = [
    onAws(row),
    { origin: 'docker-hub', base: hubBase, plan: recipeOf(row, hubBase, 'docker-hub', architecture) },
  ];
  if (row.suite) {
    const base: DebianBase = { kind: 'debian', suite: row.suite };
    candidates.push({ origin: 'debian', base, plan: recipeOf(row, base, 'debian', architecture) });
  }
  return candidates;
}

/** The image to build layers in: the runtime's own where that has pip or npm, else one that adds it. */
export function layerImage(row: RuntimeRow, { origin, plan }: Candidate): Recipe {
  if (origin !== 'debian') return plan;
  const npm = `npm@${npmVersion}`;
  return {
    kind: 'recipe',
    name: `${row.runtime}-build`,
    dockerfile: `${row.family}/build.Dockerfile`,
    sources: [],
    arguments: { RUNTIME: plan, ...(row.family === 'nodejs' && { NPM: `npm-${npmVersion}.tgz` }) },
    packages: row.family === 'nodejs' ? [npm] : [],
  };
}
