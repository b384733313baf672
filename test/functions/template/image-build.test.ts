import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TemplateError } from '../../../src/functions/template/problems';
import { parseTemplate } from '../../../src/functions/template/template';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'app'));
  await writeFile(join(folder.path, 'app', 'Dockerfile'), 'FROM scratch\n');
});

afterAll(() => folder[Symbol.asyncDispose]());

function packageOf(settings: string) {
  const text = `functions:\n  Hello_1: { ${settings} }\n`;
  return parseTemplate(text, join(folder.path, 'lambdock.yaml')).functions[0]?.package;
}

function problemOf(settings: string): string {
  try {
    packageOf(settings);
  } catch (error) {
    if (error instanceof TemplateError) return error.problems.map(({ message }) => message).join('\n');
    throw error;
  }
  return '';
}

test('a build has Compose`s defaults, and a name that no other project has', () => {
  expect(packageOf('build: { context: app }')).toEqual({
    kind: 'image',
    image: expect.stringMatching(/^lambdock-build\/hello-1-[0-9a-f]{8}:latest$/),
    build: {
      context: join(folder.path, 'app'),
      dockerfile: join(folder.path, 'app', 'Dockerfile'),
      arguments: {},
    },
  });
});

test('an image that is named is built under its name, with everything that can be said', () => {
  const build =
    '{ context: ., dockerfile: app/Dockerfile, target: last, args: { A: 1, B: x }, platform: linux/arm64 }';
  expect(packageOf(`image: mine:1, command: [a], build: ${build}`)).toEqual({
    kind: 'image',
    image: 'mine:1',
    command: ['a'],
    build: {
      context: folder.path,
      dockerfile: join(folder.path, 'app', 'Dockerfile'),
      target: 'last',
      arguments: { A: '1', B: 'x' },
      platform: 'linux/arm64',
    },
  });
});

test.each([
  ['build: { context: nowhere }', 'functions.Hello_1.build.context is not a folder: '],
  ['build: { context: . }', 'functions.Hello_1.build does not exist: '],
  ['build: { context: app, dockerfile: Other }', 'functions.Hello_1.build.dockerfile does not exist: '],
  ['build: { context: app, tag: x }', 'functions.Hello_1.build.tag is not known for the build of an image'],
  ['image: mine, build: esbuild', 'functions.Hello_1.build must be a mapping for an image'],
  ['build: { context: app, platform: arm }', 'must be a platform such as linux/amd64'],
])('%s is refused', (settings, message) => {
  expect(problemOf(settings)).toContain(message);
});

test('secrets are files that exist, and ssh names agents or keys', async () => {
  await writeFile(join(folder.path, '.npmrc'), 'token');
  expect(
    packageOf('build: { context: app, secrets: { npm: .npmrc }, ssh: [default, key=/run/agent] }'),
  ).toMatchObject({
    build: { secrets: { npm: join(folder.path, '.npmrc') }, ssh: ['default', 'key=/run/agent'] },
  });
  expect(problemOf('build: { context: app, secrets: { npm: .netrc } }')).toBe(
    `functions.Hello_1.build.secrets.npm does not exist: ${join(folder.path, '.netrc')}. Name the secret's file, relative to this file`,
  );
  expect(problemOf('build: { context: app, ssh: ["a b"] }')).toMatch(
    /build\.ssh\[0\] must be default, or ID=PATH of a socket or a key, got "a b"/,
  );
});
