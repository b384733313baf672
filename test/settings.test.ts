import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateError } from '../src/functions/template/problems';
import { resolveSettings, type Settings, SettingsError } from '../src/settings';
import type { Flags } from '../src/settings/resolver';
import { settingSources } from '../src/settings/sources';
import { version } from '../src/settings/version';
import { TemporaryFolder } from './support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(() => folder[Symbol.asyncDispose]());

const resolved = (flags: Flags = {}, variables: Record<string, string> = {}): Settings =>
  resolveSettings(flags, variables, folder.path);

function problemsOf(flags: Flags, variables: Record<string, string> = {}): readonly string[] {
  try {
    resolved(flags, variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const template = (text: string) => writeFileSync(join(folder.path, 'lambdock.yaml'), text);

test('without settings the defaults are used', () => {
  const settings = resolved();
  expect(settings).toEqual({
    port: 9000,
    host: '127.0.0.1',
    endpoint: 'http://127.0.0.1:9000',
    isEndpointExplicit: false,
    isPortExplicit: false,
    templateFile: join(folder.path, 'lambdock.yaml'),
    projectFolder: folder.path,
    parameters: {},
    only: [],
    variables: {},
    layers: {},
    dataFolder: join(folder.path, '.lambdock'),
    region: 'us-east-1',
    accountId: '000000000000',
    instance: expect.stringMatching(/^lambdock-test-[a-z0-9-]*-[0-9a-f]{8}$/),
    bases: 'auto',
    transport: 'auto',
    spares: { total: 10, minimum: {} },
    idleTimeoutMs: 600_000,
    freeze: true,
    functionNetwork: 'isolated',
    resetInit: 'boosted',
    reuse: 'function',
    pending: 'wait',
    retrySpeed: 1,
    debug: [],
    debugWait: false,
    debugHost: '127.0.0.1',
    logFileBytes: 20 * 1024 * 1024,
    logFiles: 5,
    history: 20_000,
    allowedHosts: [],
    allowedOrigins: [],
    architecture: 'any',
    auth: 'any',
    keys: new Map(),
    watch: true,
    color: 'auto',
    templateSettings: {},
  });
  expect(Object.isFrozen(settings)).toBe(true);
});

test('flags go before variables, these before the template', () => {
  template('port: 9001\nspares: 3\nregion: eu-west-1\n');
  const variables = { LAMBDOCK_PORT: '9002', LAMBDOCK_SPARES: '4' };
  expect(resolved({ port: '9003' }, variables)).toMatchObject({
    port: 9003,
    spares: { total: 4 },
    region: 'eu-west-1',
  });
});

test('every setting can be given by flag and by variable', () => {
  writeFileSync(join(folder.path, 'ca.pem'), '');
  const given: Record<keyof typeof settingSources, [text: string, key: keyof Settings, value: unknown]> = {
    port: ['9100', 'port', 9100],
    host: ['0.0.0.0', 'host', '0.0.0.0'],
    endpoint: ['http://box:9000/', 'endpoint', 'http://box:9000'],
    template: ['sub/other.yaml', 'templateFile', join(folder.path, 'sub/other.yaml')],
    parameter: ['Stage=prod', 'parameters', { Stage: 'prod' }],
    only: ['hello', 'only', ['hello']],
    parameterOverrides: ['Stage=prod', 'parameters', { Stage: 'prod' }],
    envVars: ['{"hello":{"A":1}}', 'variables', { hello: { A: '1' } }],
    containerEnvVars: ['{"hello":{"A":"x"}}', 'variables', { hello: { A: 'x' } }],
    data: ['data', 'dataFolder', join(folder.path, 'data')],
    region: ['eu-west-1', 'region', 'eu-west-1'],
    accountId: ['123456789012', 'accountId', '123456789012'],
    instance: ['mine', 'instance', 'mine'],
    bases: ['debian', 'bases', 'debian'],
    caFile: ['ca.pem', 'caFile', join(folder.path, 'ca.pem')],
    network: ['net', 'network', 'net'],
    functionNetwork: ['shared', 'functionNetwork', 'shared'],
    transport: ['tcp', 'transport', 'tcp'],
    retrySpeed: ['60', 'retrySpeed', 60],
    spares: ['0', 'spares', { total: 0, minimum: {} }],
    idleTimeout: ['5', 'idleTimeoutMs', 5_000],
    freeze: ['false', 'freeze', false],
    awsEndpoint: ['http://localhost:4566/', 'awsEndpoint', 'http://localhost:4566'],
    logsEndpoint: ['http://logs:4566/', 'logsEndpoint', 'http://logs:4566'],
    otlpEndpoint: ['http://collector:4318/', 'otlpEndpoint', 'http://collector:4318'],
    s3Endpoint: ['http://s3:9090/', 's3Endpoint', 'http://s3:9090'],
    s3Key: ['ID:s:e', 's3Credentials', { accessKeyId: 'ID', secretAccessKey: 's:e' }],
    architecture: ['strict', 'architecture', 'strict'],
    auth: ['required', 'auth', 'required'],
    keys: [
      'one:a:b,two:c',
      'keys',
      new Map([
        ['one', 'a:b'],
        ['two', 'c'],
      ]),
    ],
    resetInit: ['throttled', 'resetInit', 'throttled'],
    reuse: ['any', 'reuse', 'any'],
    pending: ['refuse', 'pending', 'refuse'],
    logFileSize: ['1', 'logFileBytes', 1_048_576],
    logFiles: ['3', 'logFiles', 3],
    history: ['500', 'history', 500],
    allowedHosts: ['a.example,*.b.example', 'allowedHosts', ['a.example', '*.b.example']],
    allowedOrigins: ['http://localhost:5173', 'allowedOrigins', ['http://localhost:5173']],
    watch: ['false', 'watch', false],
    debug: ['hello:9230', 'debug', [{ name: 'hello', port: 9230 }]],
    debugWait: ['true', 'debugWait', true],
    debugHost: ['0.0.0.0', 'debugHost', '0.0.0.0'],
    dockerHost: ['tcp://box:2375', 'dockerHost', 'tcp://box:2375'],
    tlsFolder: ['/certs', 'tlsFolder', '/certs'],
  };
  for (const [name, source] of Object.entries(settingSources)) {
    const [text, key, value] = given[name as keyof typeof settingSources];
    expect([name, resolved({ [source.flag]: text })[key]]).toEqual([name, value]);
    for (const variable of source.variables)
      expect([variable, resolved({}, { [variable]: text })[key]]).toEqual([variable, value]);
  }
});

test('the AWS endpoint is that of logs, unless another one or none is named', () => {
  template('aws: { endpoint: "http://localhost:4566" }\n');
  expect(resolved().logsEndpoint).toBe('http://localhost:4566');
  expect(resolved({ logsEndpoint: 'none' }).logsEndpoint).toBeUndefined();
  template(
    'aws: { endpoint: "http://localhost:4566" }\nlogs: { endpoint: "http://logs:1" }\notlp: { endpoint: "http://o:4318" }\n',
  );
  expect(resolved()).toMatchObject({ logsEndpoint: 'http://logs:1', otlpEndpoint: 'http://o:4318' });
});

test('the AWS endpoint is that of S3, unless another one is named', () => {
  template('aws: { endpoint: "http://localhost:4566" }\n');
  expect(resolved()).toMatchObject({
    awsEndpoint: 'http://localhost:4566',
    s3Endpoint: 'http://localhost:4566',
  });
  expect(resolved({ s3Endpoint: 'http://s3:9090' })).toMatchObject({
    awsEndpoint: 'http://localhost:4566',
    s3Endpoint: 'http://s3:9090',
  });
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['no key', {}, undefined],
  ['the first of the keys', { LAMBDOCK_KEYS: 'ONE:a:b,TWO:c' }, 'ONE a:b'],
  [
    'the key that AWS`s own tools sign with',
    { AWS_ACCESS_KEY_ID: 'SHELL', AWS_SECRET_ACCESS_KEY: 's' },
    'SHELL s',
  ],
  ['no key without its secret', { AWS_ACCESS_KEY_ID: 'SHELL' }, undefined],
  [
    'the key that they sign with, if it is one of the keys',
    { AWS_ACCESS_KEY_ID: 'TWO', AWS_SECRET_ACCESS_KEY: 'c', LAMBDOCK_KEYS: 'ONE:a,TWO:c' },
    'TWO c',
  ],
  [
    'not a key that the real AWS knows and lambdock does not',
    { AWS_ACCESS_KEY_ID: 'SHELL', AWS_SECRET_ACCESS_KEY: 's', LAMBDOCK_KEYS: 'ONE:a' },
    'ONE a',
  ],
])('commands sign by %s', (_who, variables, expected) => {
  const { credentials } = resolved({}, variables);
  expect(credentials && `${credentials.accessKeyId} ${credentials.secretAccessKey}`).toBe(expected);
});

test('commands sign with the first of the template`s keys by default', () => {
  template('keys: ONE:a,TWO:b\n');
  expect(resolved().credentials).toEqual({ accessKeyId: 'ONE', secretAccessKey: 'a' });
});

test('signs requests to S3 as AWS`s own tools do, whatever keys callers have', () => {
  const aws = { AWS_ACCESS_KEY_ID: 'SHELL', AWS_SECRET_ACCESS_KEY: 's', LAMBDOCK_KEYS: 'ONE:a' };
  const shell = { accessKeyId: 'SHELL', secretAccessKey: 's' };
  expect(resolved({}, aws).s3Credentials).toEqual(shell);
  const token = { AWS_SESSION_TOKEN: 'token' };
  expect(resolved({}, { ...aws, ...token }).s3Credentials).toEqual({ ...shell, sessionToken: 'token' });
  const empty = { AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };
  expect(resolved({}, { ...aws, ...empty })).not.toHaveProperty('s3Credentials');
});

test('parameters come from the variable, in either form, and from the flag, which goes before', () => {
  const flags = { parameter: ['Stage=prod', 'Query=a=b c'] };
  expect(resolved(flags, { LAMBDOCK_PARAMETERS: ' Stage=dev  Size=1 ' }).parameters).toEqual({
    Stage: 'prod',
    Query: 'a=b c',
    Size: '1',
  });
  const json = { LAMBDOCK_PARAMETERS: '{"Words":"two words","Size":1}' };
  expect(resolved({}, json).parameters).toEqual({ Words: 'two words', Size: '1' });
  expect(problemsOf({ parameter: ['Stage'] }, { LAMBDOCK_PARAMETERS: '{"Size":' })).toEqual([
    'LAMBDOCK_PARAMETERS is not valid JSON. Set it to an object such as {"Stage":"prod"}, or to Stage=prod Size=512',
    '--parameter must be NAME=VALUE such as Stage=prod, got Stage',
  ]);
});

test('reports every invalid value together, with its source and what is allowed', () => {
  const flags = { port: '70000', accountId: '12', caFile: 'nope.pem', freeze: 'maybe' };
  const variables = { LAMBDOCK_TRANSPORT: 'pigeon', LAMBDOCK_IDLE_TIMEOUT: '0', DOCKER_HOST: 'nonsense' };
  expect(problemsOf(flags, variables).toSorted()).toEqual(
    [
      '--port must be between 0 and 65535, got 70000',
      '--account-id must be twelve digits in quotes, got 12',
      `--ca-file is nope.pem, but ${join(folder.path, 'nope.pem')} does not exist`,
      '--freeze must be true or false, got maybe',
      'LAMBDOCK_TRANSPORT must be one of auto, unix, unix-relay, tcp, got pigeon',
      'LAMBDOCK_IDLE_TIMEOUT must be between 1 and 86400 seconds, got 0',
      'DOCKER_HOST must be an address such as unix:///var/run/docker.sock or tcp://HOST:2375, got nonsense',
    ].toSorted(),
  );
});

test('reports an invalid value of the template with its line', () => {
  template('region: us-east-1\nspares: many\n');
  expect(() => resolved()).toThrow(TemplateError);
  expect(() => resolved()).toThrow(
    /lambdock.yaml:2:1: spares must be between 0 and 100, or counts by runtime or function such as .*, got many/,
  );
});

test('ignores an empty variable, as compose files write it', () => {
  expect(resolved({}, { LAMBDOCK_PORT: '', LAMBDOCK_NETWORK: '' })).toMatchObject({ port: 9000 });
});

test('a file of authorities that another program`s variable names need not be there', () => {
  expect(resolved({}, { NODE_EXTRA_CA_CERTS: '/nowhere.pem' }).caFile).toBeUndefined();
  expect(problemsOf({}, { LAMBDOCK_CA_FILE: '/nowhere.pem' })).toEqual([
    'LAMBDOCK_CA_FILE is /nowhere.pem, but /nowhere.pem does not exist',
  ]);
});

test('the endpoint is one to connect to, wherever is listened', () => {
  expect(resolved({ host: '0.0.0.0', port: '1' }).endpoint).toBe('http://127.0.0.1:1');
  expect(resolved({ host: '::1' }).endpoint).toBe('http://[::1]:9000');
});

test('two data folders are two instances, one is always the same', () => {
  expect(resolved({ data: 'a' }).instance).toBe(resolved({ data: './a' }).instance);
  expect(resolved({ data: 'a' }).instance).not.toBe(resolved({ data: 'b' }).instance);
});

test.each([
  ['lambdock.yaml', '.'],
  ['shop/template.yaml', 'shop'],
  ['shop/.aws-sam/build/template.yaml', 'shop'],
  ['shop/cdk.out/Stack.template.json', 'shop'],
])('the template %s belongs to the project folder %s, which holds the data', (name, project) => {
  const { projectFolder, dataFolder } = resolved({ template: name });
  expect(projectFolder).toBe(join(folder.path, project));
  expect(dataFolder).toBe(join(folder.path, project, '.lambdock'));
});

test('a port counts as explicit wherever it is named, an endpoint where a flag or a variable names it', () => {
  expect(resolved({ port: '1' })).toMatchObject({ isPortExplicit: true, isEndpointExplicit: true });
  expect(resolved({}, { LAMBDOCK_ENDPOINT: 'http://box:1' })).toMatchObject({
    isPortExplicit: false,
    isEndpointExplicit: true,
  });
  template('port: 9001\n');
  expect(resolved()).toMatchObject({ isPortExplicit: true, isEndpointExplicit: false });
});

test('NO_COLOR is heeded', () => {
  expect(resolved({}, { NO_COLOR: '1' }).color).toBe('never');
});

test('the version is the package`s', () => {
  const read = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
  expect(version).toBe(read.version);
});

test('spares are a total, or minimums by runtime or function, in the file and in words', () => {
  const minimum = { 'python3.13': 4, hello: 2 };
  expect(resolved({ spares: 'python3.13=4,hello=2' }).spares).toEqual({ total: 10, minimum });
  template('spares: {python3.13: 4, hello: 2}\n');
  expect(resolved().spares).toEqual({ total: 10, minimum });
  template('spares: {python3.13: many}\n');
  expect(() => resolved()).toThrow(/python3.13 must be between 0 and 100, got many/);
  expect(() => resolved({ spares: 'python3.13=many' })).toThrow(
    /--spares must be between 0 and 100, or counts/,
  );
});
