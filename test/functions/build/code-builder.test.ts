import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodeBuilder } from '../../../src/functions/build/code-builder';
import { type LayerSource, Layers } from '../../../src/functions/build/layers';
import { Store } from '../../../src/functions/store/store';
import type { CodeBuild } from '../../../src/functions/template/wanted';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let images: string[] = [];
let builder: CodeBuilder;
let installed: LayerSource[];

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  installed = [];
  const store = await Store.open(join(folder.path, 'data'));
  const layers = new Layers(store, async (source) => {
    installed.push(source);
    mkdirSync(join(source.targetFolder, 'nodejs/node_modules/left'), { recursive: true });
    writeFileSync(join(source.targetFolder, 'nodejs/node_modules/left/package.json'), '{}');
  });
  builder = new CodeBuilder({
    store,
    layers,
    folder: join(folder.path, 'builds'),
    buildImage: async (build) => void images.push(build.image),
  });
});

afterEach(() => folder[Symbol.asyncDispose]());

function write(path: string, content: string): void {
  const full = join(folder.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

/** A project's own esbuild: it writes what it was called with where the bundle belongs. */
function ownEsbuild(path: string): void {
  write(`${path}/node_modules/esbuild/package.json`, '{ "version": "0.0.1" }');
  write(
    `${path}/node_modules/esbuild/bin/esbuild`,
    `#!/usr/bin/env node
const [entry, ...options] = process.argv.slice(2);
if (entry === '--version') process.exit();
if (require('node:fs').readFileSync(entry, 'utf8') === 'broken') { console.error('x [ERROR] broken'); process.exit(1); }
const { NODE_PATH } = process.env;
const out = options.find((each) => each.startsWith('--outdir=')).slice(9);
require('node:fs').writeFileSync(out + '/app.js', JSON.stringify({ entry, options: options.slice(5), NODE_PATH }));
`,
  );
  chmodSync(join(folder.path, `${path}/node_modules/esbuild/bin/esbuild`), 0o755);
}

const esbuild: CodeBuild = { method: 'esbuild', entryPoints: ['app'], options: ['--minify'] };
const target = { runtime: 'nodejs22.x', architecture: 'x86_64' } as const;
const build = (code: string, how: CodeBuild | undefined = esbuild) =>
  builder.build({ code: join(folder.path, code), ...(how && { build: how }) }, target, () => undefined);
const bundleOf = async (code: string) =>
  JSON.parse(readFileSync(join((await build(code)).folder, 'app.js'), 'utf8'));

test('bundles with the project`s own esbuild, from a folder above too, and leaves the project as it is', async () => {
  write('project/functions/one/app.ts', 'x');
  write('project/package.json', '{ "dependencies": {} }');
  ownEsbuild('project');
  expect(await bundleOf('project/functions/one')).toEqual({
    entry: './app.ts',
    options: ['--minify', '--external:@aws-sdk/*', '--external:@smithy/*'],
  });
  expect(installed).toEqual([]);
  expect(readdirSync(join(folder.path, 'project/functions/one'))).toEqual(['app.ts']);
});

test('packages that are not installed beside the code are installed apart from it, those for development too', async () => {
  write('project/app.mts', 'x');
  write('project/package.json', '{ "dependencies": { "left": "1" } }');
  ownEsbuild('project');
  const { NODE_PATH } = await bundleOf('project');
  expect(NODE_PATH).toMatch(/store\/layers\/[0-9a-f]{64}\/nodejs\/node_modules$/);
  expect(installed).toMatchObject([{ runtime: 'nodejs22.x', development: true }]);
  await bundleOf('project');
  expect(installed).toHaveLength(1);
});

test('the same bundle has the same hash, another one another', async () => {
  write('project/app.js', 'x');
  ownEsbuild('project');
  const [one, two] = [await build('project'), await build('project')];
  expect(one.hash).toBe(two.hash);
  const other = await build('project', { ...esbuild, options: [] } as CodeBuild);
  expect(other.hash).not.toBe(one.hash);
});

test('fails with esbuild`s own words, and with what is missing', async () => {
  write('project/app.ts', 'broken');
  write('empty/readme.txt', 'x');
  ownEsbuild('project');
  await expect(build('project')).rejects.toThrow(
    /project cannot be built with esbuild:\n {2}x \[ERROR\] broken$/,
  );
  await expect(build('empty')).rejects.toThrow(/it has no app with one of the extensions \.ts/);
});

test('make writes the folder of the code', async () => {
  write('made/Makefile', 'build-App:\n\techo made > $(ARTIFACTS_DIR)/app.js\n');
  const made = await build('made', { method: 'makefile', target: 'build-App' });
  expect(readFileSync(join(made.folder, 'app.js'), 'utf8')).toBe('made\n');
});

test('code that is not built is used as it is, a zip and text too', async () => {
  write('plain/app.js', 'x');
  const plain = await builder.build({ code: join(folder.path, 'plain') }, target, () => undefined);
  expect(readdirSync(plain.folder)).toEqual(['app.js']);
  const inline = await builder.build({ code: { file: 'index.js', text: 'y' } }, target, () => undefined);
  expect(readFileSync(join(inline.folder, 'index.js'), 'utf8')).toBe('y');
});

test('builds an image if the template names its Dockerfile, and leaves it alone otherwise', async () => {
  images = [];
  const build = { context: folder.path, dockerfile: join(folder.path, 'Dockerfile'), arguments: {} };
  await builder.buildImage({ kind: 'image', image: 'built:1', build }, () => undefined);
  await builder.buildImage({ kind: 'image', image: 'pulled:1' }, () => undefined);
  expect(images).toEqual(['built:1']);
});
