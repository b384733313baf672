import { execFileSync } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningCommand, runCommand } from '../support/app/command';
import { freePort } from '../support/lib/free-port';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(600_000);

const root = join(__dirname, '..', '..');
const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const instance = `lambdock-test-package-${process.pid}`;
const greeting = 'export const handler = async ({ name }) => ({ greeting: "Hello " + name });\n';
const template = 'functions:\n  NAME: { runtime: nodejs24.x, handler: index.handler, code: code }\n';

let folder: TemporaryFolder;
let tarball: string;

/** Behind a proxy with its own authority, builds have to know it. */
const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS } = process.env;
const environment = NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS };

const npm = (cwd: string, ...words: readonly string[]) =>
  execFileSync('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

/** A project with one function, below the folder into which the package was installed. */
async function project(name: string): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(join(path, 'code'), { recursive: true });
  await writeFile(join(path, 'code', 'index.mjs'), greeting);
  await writeFile(join(path, 'lambdock.yaml'), template.replace('NAME', name));
  return path;
}

const installed = (workingDirectory: string) => ({
  workingDirectory,
  environment,
  program: [join(folder.path, 'node_modules', '.bin', 'lambdock')] as const,
});

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const packed = npm(root, 'pack', '--silent', '--pack-destination', folder.path);
  tarball = join(folder.path, packed.trim().split('\n').at(-1) ?? '');
  await writeFile(join(folder.path, 'package.json'), '{"name":"user","private":true}');
  npm(folder.path, 'install', '--save-dev', tarball);
});

afterAll(() => folder?.[Symbol.asyncDispose]());

test('the tarball is smaller than 5 MB and holds no sources or tests', async () => {
  expect((await stat(tarball)).size).toBeLessThan(5_000_000);
  const entries = await readdir(join(folder.path, 'node_modules', 'lambdock'));
  expect(entries.sort()).toEqual([
    'LICENSE',
    'README.md',
    'dist',
    'docker-compose.yml',
    'images',
    'lambdock-scenario.schema.json',
    'lambdock.schema.json',
    'package.json',
    'templates',
  ]);
});

test('start hosts the functions of the folder, and other commands find it', async () => {
  const path = await project('started');
  await using command = new RunningCommand(['start', '--port', '0', '--instance', instance], installed(path));
  await command.prints(/started is ready/);
  const invoked = await runCommand(['invoke', 'started', '-p', '{"name":"x"}'], installed(path));
  expect(invoked).toMatchObject({ code: 0, stdout: '{"greeting":"Hello x"}\n' });
  expect(await runCommand(['list'], installed(path))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^started .* ready$/m),
  });
  command.signal('SIGTERM');
  expect(await command.ended).toMatchObject({ code: 0 });
});

test('npx lambdock up builds the image from the package and hosts a second project', async () => {
  const path = await project('second');
  const options = { ...installed(path), program: ['npx', 'lambdock'] as const };
  const name = `${instance}-up`;
  try {
    const port = await freePort();
    const ended = await runCommand(['up', '--project', name, '--port', String(port)], options);
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`lambdock is running at http://127.0.0.1:${port}\n`),
    });
    const invoked = await runCommand(['invoke', 'second', '-p', '{"name":"y"}'], options);
    expect(invoked).toMatchObject({ code: 0, stdout: '{"greeting":"Hello y"}\n' });
  } finally {
    await runCommand(['down', '--project', name, '--volumes'], options);
  }
  const label = [`com.docker.compose.project=${name}`];
  expect(await docker.listContainers({ all: true, filters: { label } })).toEqual([]);
});

const script = `
const use = async (): Promise<Lambdock> => start({ functions: { hello: { image: 'hello:latest' } } });
console.log(typeof use, resolveSettings({ port: 0 }).port);`;

test.each([
  ['an ES module', 'use.mts', 'node16'],
  ['a CommonJS module', 'use.cts', 'node16'],
  ['a bundler', 'bundled.ts', 'bundler'],
])('TypeScript finds the types from %s', async (_from, file, resolution) => {
  const code = `import { type Lambdock, resolveSettings, start } from 'lambdock';${script}`;
  await writeFile(join(folder.path, file), code);
  const module = resolution === 'bundler' ? ['--module', 'esnext', '--noEmit'] : ['--module', 'node16'];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
  const strict = ['--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable'];
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  execFileSync(tsc, [...module, '--moduleResolution', resolution, ...strict, ...types, file], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  if (resolution === 'bundler') return;
  const emitted = file.replace('ts', 'js');
  const printed = execFileSync(process.execPath, [emitted], { cwd: folder.path, encoding: 'utf8' });
  expect(printed).toBe('function 0\n');
});

test('an ES module starts lambdock and invokes a function', async () => {
  await project('library');
  await writeFile(
    join(folder.path, 'library.mjs'),
    `import { start } from 'lambdock';
     const lambda = await start({
       functions: { hello: { runtime: 'nodejs24.x', handler: 'index.handler', code: 'library/code' } },
       settings: { instance: '${instance}-library' },
     });
     try {
       console.log(JSON.stringify((await lambda.invoke('hello', { name: 'z' })).payload));
     } finally {
       await lambda.close();
     }`,
  );
  const printed = execFileSync(process.execPath, ['library.mjs'], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { PATH, HOME, ...environment },
  });
  expect(printed).toBe('{"greeting":"Hello z"}\n');
});
