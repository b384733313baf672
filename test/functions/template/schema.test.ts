import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { reservedVariables } from '../../../src/aws/reserved-environment';
import { TemplateError } from '../../../src/functions/template/problems';
import { parseTemplate } from '../../../src/functions/template/template';
import { hostedRuntimes } from '../../../src/runtimes/runtimes';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** The published schema and the parser have to agree on every document, but for what only a disk can tell. */
const schemaText = readFileSync(join(__dirname, '../../../lambdock.schema.json'), 'utf8');
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(schemaText));

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  mkdirSync(join(folder.path, 'app'));
  writeFileSync(join(folder.path, 'code.zip'), '');
  writeFileSync(join(folder.path, 'Dockerfile'), '');
});

afterAll(() => folder[Symbol.asyncDispose]());

function parserAccepts(text: string): boolean {
  try {
    parseTemplate(text, join(folder.path, 'lambdock.yaml'));
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

const zipped = 'runtime: python3.13, handler: app.handler, code: app';
const one = (settings: string) => `functions: { hello: { ${settings} } }`;

const good = [
  'aws: { endpoint: "http://localhost:4566" }',
  'aws: {}',
  '{}',
  'region: us-gov-west-1',
  'region: eu-central-1',
  'accountId: "000000000000"',
  one(`${zipped}, snapStart: PublishedVersions`),
  one('image: x, snapStart: None'),
  'port: 0',
  'port: 65535',
  'bases: aws',
  'bases: docker-hub',
  'bases: registry.example.com/lambda/{family}:{version}',
  'bases: python3.12=mine, debian',
  'bases: "localhost:5000/{runtime} auto"',
  'network: a.b-c_d',
  'spares: 0',
  'spares: { python3.13: 4, hello: 2 }',
  'layers: { "arn:aws:lambda:us-east-1:123456789012:layer:x": app }',
  'architecture: strict',
  'idleTimeout: 1',
  'allowedHosts: "*"',
  'allowedHosts: "lambdock.example.com,*.example.org"',
  'allowedOrigins: "http://localhost:5173,https://app.example"',
  'functionNetwork: shared',
  'resetInit: throttled',
  'reuse: any',
  'logFileSize: 1',
  'logFiles: 100',
  'history: 100',
  'x-anything: { goes: [1] }',
  'functions: {}',
  one(zipped),
  one(`${zipped}, layers: []`),
  one(`${zipped}, layers: [app, code.zip, app, app, app]`),
  one(`${zipped}, memorySize: 128`),
  one(`${zipped}, memorySize: 10240`),
  one(`${zipped}, timeout: 1`),
  one(`${zipped}, timeout: 900`),
  one(`${zipped}, ephemeralStorage: 512`),
  one(`${zipped}, ephemeralStorage: 10240`),
  one(`${zipped}, architecture: arm64`),
  one(`${zipped}, build: esbuild`),
  one(`${zipped}, debug: true`),
  one(`${zipped}, debug: false`),
  one(`${zipped}, debug: 9230`),
  one(`${zipped}, debug: { port: 1024, wait: true }`),
  one('build: {}'),
  one(
    'image: mine, build: { context: ., dockerfile: Dockerfile, target: a, args: { A: 1 }, platform: linux/arm64 }',
  ),
  one('build: { context: . }, command: [a]'),
  one(`${zipped}, description: ""`),
  one(`${zipped}, description: ${'x'.repeat(256)}`),
  one(`${zipped}, environment: {}`),
  one(`${zipped}, environment: { AB: text, A1: 1, A_: 1.5, PATH: true, AWS_LAMBDA_EXEC_WRAPPER: /opt/x }`),
  one(`${zipped}, starts: {}`),
  one(`${zipped}, starts: { spares: 2, idleTimeout: 60, coldDelay: 0 }`),
  one(`${zipped}, starts: { coldDelay: microvm }`),
  one(`${zipped}, starts: { coldDelay: { uniform: { min: 10, max: 20 } } }`),
  one(`${zipped}, starts: { coldDelay: { normal: { mean: 200, deviation: 50 } } }`),
  one(`${zipped}, starts: { coldDelay: { lognormal: { median: 200, p99: 900 } } }`),
  one('image: my-image:tag'),
  one(`image: host:5000/a/b@sha256:${'0'.repeat(64)}, command: [a], entryPoint: [], workingDirectory: /srv`),
  one(`image: sha256:${'0'.repeat(64)}`),
  one(`image: x, memorySize: 1024, environment: { AB: x }`),
  `functions: { ${'a'.repeat(64)}: { ${zipped} }, A-b_9: { ${zipped} } }`,
  'x-b: &b { runtime: python3.13, handler: a, code: app }\nfunctions: { hello: { <<: *b } }',
];

const bad = [
  one(`${zipped}, snapStart: yes`),
  one(`${zipped}, debug: 80`),
  one(`${zipped}, debug: yes-please`),
  one(`${zipped}, debug: { port: 9230, host: x }`),
  one(`${zipped}, debug: { wait: maybe }`),
  one('image: mine, build: esbuild'),
  one('build: { context: ., file: Dockerfile }'),
  one('build: { platform: "linux arm64" }'),
  one(`${zipped}, build: { context: . }`),
  one(`${zipped}, starts: 3`),
  one(`${zipped}, starts: { delay: 3 }`),
  one(`${zipped}, starts: { spares: 101 }`),
  one(`${zipped}, starts: { idleTimeout: 0 }`),
  one(`${zipped}, starts: { coldDelay: 60001 }`),
  one(`${zipped}, starts: { coldDelay: "5" }`),
  one(`${zipped}, starts: { coldDelay: slow }`),
  one(`${zipped}, starts: { coldDelay: {} }`),
  one(`${zipped}, starts: { coldDelay: { uniform: { min: 1 } } }`),
  one(`${zipped}, starts: { coldDelay: { lognormal: { median: 0, p99: 5 } } }`),
  one(`${zipped}, starts: { coldDelay: { uniform: { min: 1, max: 2 }, normal: { mean: 1, deviation: 1 } } }`),
  'aws: { endpoint: localhost }',
  'aws: { endpoint: "http://x/path" }',
  'aws: { region: x }',
  'aws: x',
  '[]',
  'text',
  'regions: us-east-1',
  'region: nowhere',
  'region: 1',
  'accountId: 123456789012',
  'accountId: "12345"',
  'port: -1',
  'port: 65536',
  'port: "9000"',
  'port: 1.5',
  'bases: ubuntu',
  'bases: [aws]',
  'bases: aws;debian',
  'network: "a b"',
  'network: ""',
  'spares: -1',
  'spares: 101',
  'spares: { python3.13: 101 }',
  'spares: [4]',
  'idleTimeout: 0',
  'layers: [app]',
  'layers: { x: 1 }',
  'architecture: arm64',
  'idleTimeout: true',
  'allowedHosts: "http://a.example"',
  'allowedHosts: "a.*"',
  'allowedOrigins: "localhost"',
  'allowedOrigins: "http://a.example/path"',
  'functionNetwork: none',
  'resetInit: true',
  'reuse: none',
  'logFileSize: 0',
  'logFiles: 0',
  'history: 99',
  'functions: []',
  'functions:',
  'functions: { hello: }',
  'functions: { hello: text }',
  one(''),
  one('runtime: python3.13'),
  one('handler: a, code: app'),
  one('runtime: python3.13, code: app'),
  one('runtime: python3.13, handler: a'),
  one(zipped.replace('python3.13', 'python2.7')),
  one(zipped.replace('python3.13', 'python3.8')),
  one(zipped.replace('python3.13', '3.13')),
  one(zipped.replace('app.handler', '"a b"')),
  one(zipped.replace('app.handler', '""')),
  one(zipped.replace('app.handler', 'a'.repeat(129))),
  one(zipped.replace('code: app', 'code: ""')),
  one(zipped.replace('code: app', 'code: [app]')),
  one(`${zipped}, layers: app`),
  one(`${zipped}, layers: [1]`),
  one(`${zipped}, layers: [app, app, app, app, app, app]`),
  one(`${zipped}, memorySize: 127`),
  one(`${zipped}, memorySize: 10241`),
  one(`${zipped}, memorySize: "128"`),
  one(`${zipped}, memorySize: 128.5`),
  one(`${zipped}, timeout: 0`),
  one(`${zipped}, timeout: 901`),
  one(`${zipped}, ephemeralStorage: 511`),
  one(`${zipped}, ephemeralStorage: 10241`),
  one(`${zipped}, architecture: mips`),
  one(`${zipped}, build: webpack`),
  one(`${zipped}, description: 1`),
  one(`${zipped}, description: ${'x'.repeat(257)}`),
  one(`${zipped}, environment: []`),
  one(`${zipped}, environment: { A: x }`),
  one(`${zipped}, environment: { 1A: x }`),
  one(`${zipped}, environment: { A-B: x }`),
  one(`${zipped}, environment: { AB: }`),
  one(`${zipped}, environment: { AB: [] }`),
  one(`${zipped}, environment: { AB: {} }`),
  ...[...reservedVariables].map((name) => one(`${zipped}, environment: { ${name}: x }`)),
  one(`${zipped}, image: x`),
  one(`${zipped}, command: [x]`),
  one(`${zipped}, entryPoint: [x]`),
  one(`${zipped}, workingDirectory: /x`),
  one(`${zipped}, memory: 128`),
  one('image: "a b"'),
  one('image: ""'),
  one('image: img//raw'),
  one('image: a/../b'),
  one('image: http://x/y'),
  one('image: a@sha256:00'),
  one('image: x, handler: a'),
  one('image: x, code: app'),
  one('image: x, layers: []'),
  one('image: x, runtime: python3.13'),
  one('image: x, command: x'),
  one('image: x, entryPoint: [1]'),
  one(`image: x, workingDirectory: ${'x'.repeat(1001)}`),
  `functions: { ${'a'.repeat(65)}: { ${zipped} } }`,
  `functions: { "a b": { ${zipped} } }`,
  `functions: { a.b: { ${zipped} } }`,
];

test.each(good)('both accept %j', (text) => {
  expect([parserAccepts(text), validate(parse(text, { merge: true }))]).toEqual([true, true]);
});

test.each(bad)('both refuse %j', (text) => {
  expect([parserAccepts(text), validate(parse(text, { merge: true }))]).toEqual([false, false]);
});

test('the schema names every runtime that is hosted', () => {
  for (const runtime of hostedRuntimes) {
    expect(validate({ functions: { hello: { runtime, handler: 'a.b', code: 'app' } } })).toBe(true);
  }
});

test('the schema accepts the template that ships', () => {
  const shipped = parse(readFileSync(join(__dirname, '../../../lambdock.yaml'), 'utf8'), { merge: true });
  expect(validate(shipped)).toBe(true);
});
