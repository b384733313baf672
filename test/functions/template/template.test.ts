import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProblem, TemplateError } from '../../../src/functions/template/problems';
import { loadTemplate, loadTemplateSettings, parseTemplate } from '../../../src/functions/template/template';
import { aWantedFunction } from '../../support/functions/wanted-functions';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** A folder with what templates of these tests name: `app/`, `code.zip`, `layer/`, `notes.txt`. */
let folder: TemporaryFolder;
let file: string;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  file = join(folder.path, 'lambdock.yaml');
  await mkdir(join(folder.path, 'app'));
  await mkdir(join(folder.path, 'layer'));
  await writeFile(join(folder.path, 'code.zip'), 'PK');
  await writeFile(join(folder.path, 'notes.txt'), '');
});

afterAll(() => folder[Symbol.asyncDispose]());

const zipped = 'runtime: python3.13\n    handler: app.handler\n    code: app';
const oneFunction = (settings: string) => `functions:\n  hello:\n    ${settings}\n`;

/** The problems of a text, each as `LINE:COLUMN: message`. */
function problemsOf(text: string): string[] {
  try {
    parseTemplate(text, file);
  } catch (error) {
    if (error instanceof TemplateError) {
      return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    }
    throw error;
  }
  return [];
}

test('a function with what it must have gets Lambda`s defaults', () => {
  expect(parseTemplate(oneFunction(zipped), file)).toEqual({
    settings: {},
    files: [file],
    warnings: [],
    functions: [aWantedFunction('hello', join(folder.path, 'app'))],
  });
});

test('reads every setting', () => {
  const text = `
region: eu-central-1
accountId: "123456789012"
port: 9001
bases: debian
network: my_net
spares: 0
idleTimeout: 60
functions:
  zip-function:
    runtime: nodejs22.x
    handler: index.handler
    code: code.zip
    description: Says hello
    memorySize: 10240
    timeout: 900
    ephemeralStorage: 1024
    architecture: arm64
    environment: { STAGE: dev }
    layers: [layer, code.zip]
  image_function:
    image: registry.example:5000/team/image:1@sha256:0123012301230123012301230123012301230123012301230123012301230123
    entryPoint: [/bin/run]
    command: [a, "b c"]
    workingDirectory: /srv
`;
  const { settings, functions } = parseTemplate(text, file);
  expect(settings).toEqual({
    region: 'eu-central-1',
    accountId: '123456789012',
    port: 9001,
    bases: 'debian',
    network: 'my_net',
    spares: { total: 0, minimum: {} },
    idleTimeout: 60,
  });
  expect(functions).toMatchObject([
    {
      name: 'zip-function',
      description: 'Says hello',
      memoryMiB: 10_240,
      timeoutMs: 900_000,
      ephemeralStorageMiB: 1_024,
      architecture: 'arm64',
      environment: { STAGE: 'dev' },
      package: { layers: [join(folder.path, 'layer'), join(folder.path, 'code.zip')] },
    },
    {
      name: 'image_function',
      package: {
        kind: 'image',
        image:
          'registry.example:5000/team/image:1@sha256:0123012301230123012301230123012301230123012301230123012301230123',
        entryPoint: ['/bin/run'],
        command: ['a', 'b c'],
        workingDirectory: '/srv',
      },
    },
  ]);
});

test('values of variables are taken as they are written', () => {
  const text = oneFunction(
    `${zipped}\n    environment: { AA: 1.10, BB: true, CC: 007, DD: "x", EE: 1e3, FF: "", GG: 0x1F, HH: $HOME, II: no }`,
  );
  expect(parseTemplate(text, file).functions[0]?.environment).toEqual({
    AA: '1.10',
    BB: 'true',
    CC: '007',
    DD: 'x',
    EE: '1e3',
    FF: '',
    GG: '0x1F',
    HH: '$HOME',
    II: 'no',
  });
});

test.each([
  ['PublishedVersions', true],
  ['None', undefined],
])('snapStart: %s is read', (value, snapStart) => {
  const [wanted] = parseTemplate(oneFunction(`${zipped}\n    snapStart: ${value}`), file).functions;
  expect(wanted?.snapStart).toBe(snapStart);
});

test('anchors, merge keys and x- keys spare repetition; what is written out wins', () => {
  const text = `
x-common: &common
  runtime: python3.13
  handler: app.handler
  code: app
  memorySize: 256
functions:
  one:
    <<: *common
  two:
    memorySize: 512
    <<: [*common]
    environment: &variables { STAGE: dev }
  three: { <<: *common, environment: *variables }
`;
  const { functions } = parseTemplate(text, file);
  expect(functions.map(({ name, memoryMiB, environment }) => [name, memoryMiB, environment])).toEqual([
    ['one', 256, {}],
    ['two', 512, { STAGE: 'dev' }],
    ['three', 256, { STAGE: 'dev' }],
  ]);
});

test('the last of two equal keys counts, with a warning', () => {
  const text = oneFunction(`${zipped}\n    memorySize: 256\n    memorySize: 512`);
  const { functions, warnings } = parseTemplate(text, file);
  expect(functions).toMatchObject([{ memoryMiB: 512 }]);
  expect(warnings).toEqual([
    {
      file,
      line: 7,
      column: 5,
      message: 'functions.hello.memorySize replaces the one of the same name in line 6. Remove one of them.',
    },
  ]);
});

test('an empty text and one without functions are templates without functions', () => {
  for (const text of ['', '# nothing\n', 'port: 1\n', 'functions: {}\n']) {
    expect(parseTemplate(text, file).functions).toEqual([]);
  }
});

test('reports all problems together, each with its place and the allowed values, in the order of the text', () => {
  const text = `regio: us-east-1
port: 99999
accountId: 123456789012
functions:
  hello:
    ${zipped}
    memorySize: 64
    timeout: "3"
    enviroment: {}
    ephemeralStorage: 512.5
    environment:
      AWS_REGION: x
      _OWN: x
      EMPTY:
      LIST: [1]
  bad name: { ${zipped.replaceAll('\n   ', ',')} }
  word: 3
`;
  expect(problemsOf(text)).toEqual([
    '1:1: regio is not known at the top level. Did you mean region?',
    '2:1: port must be between 0 and 65535, got 99999',
    '3:1: accountId must be twelve digits in quotes, got 123456789012',
    '9:5: functions.hello.memorySize must be between 128 and 10240 MB, got 64',
    '10:5: functions.hello.timeout must be between 1 and 900 seconds, got "3"',
    '11:5: functions.hello.enviroment is not known for a function. Did you mean environment?',
    '12:5: functions.hello.ephemeralStorage must be between 512 and 10240 MB, got 512.5',
    '14:7: functions.hello.environment.AWS_REGION is reserved: Lambda sets it. Use another name.',
    '15:7: functions.hello.environment._OWN cannot be a variable. Use a letter, then letters, digits and _, two characters or more.',
    '16:7: functions.hello.environment.EMPTY must be text, a number, true or false, got empty. Write "" for an empty value.',
    '17:7: functions.hello.environment.LIST must be text, a number, true or false, got a list. Write "" for an empty value.',
    "18:3: functions.bad name cannot be a function's name. Use letters, digits, - and _, at most 64",
    '19:3: functions.word must be a mapping of names to values, got 3',
  ]);
});

test.each([
  [
    'an unknown runtime',
    'runtime: python3.99\n    handler: a\n    code: app',
    /^3:5: functions.hello.runtime must be one of python3.9, .*provided.al2023, got python3.99. Did you mean python3.9\?$/,
  ],
  [
    'a runtime that is not hosted',
    'runtime: python3.8\n    handler: a\n    code: app',
    /is python3\.8, which lambdock does not host. Package the function as an image, or take one of python3.9, /,
  ],
  [
    'a runtime that YAML takes for a number',
    'runtime: 3.10\n    handler: a\n    code: app',
    /runtime must be one of .+, got 3\.10/,
  ],
  [
    'no handler',
    'runtime: python3.13\n    code: app',
    /^2:3: functions.hello has no handler; a function needs/,
  ],
  [
    'nothing at all',
    'description: x',
    /has no runtime, handler, code; a function needs runtime, handler and code, or an image/,
  ],
  [
    'code that is not there',
    zipped.replace('code: app', 'code: ap'),
    /^5:5: .*code is ap, but there is no \/.*\/ap\./,
  ],
  [
    'code that is some file',
    zipped.replace('code: app', 'code: notes.txt'),
    /must be a folder, a \.zip or a \.jar file/,
  ],
  [
    'a layer that is not there',
    `${zipped}\n    layers: [layer, nope]`,
    /layers\[1\] is nope, but there is no/,
  ],
  ['six layers', `${zipped}\n    layers: [${'layer, '.repeat(6)}]`, /must have at most 5 layers, got 6/],
  ['layers that are no list', `${zipped}\n    layers: layer`, /layers must be a list, got layer/],
  ['a runtime with an image', 'image: x\n    runtime: python3.13', /runtime cannot be with an image/],
  ['layers with an image', 'image: x\n    layers: [layer]', /layers cannot be with an image/],
  ['a command with a runtime', `${zipped}\n    command: [x]`, /command needs an image/],
  [
    'a handler with blanks',
    zipped.replace('app.handler', 'app handler'),
    /handler must be text without blanks, at most 128 characters, got app handler/,
  ],
  [
    'SnapStart for a runtime that has none',
    `${zipped.replace(/python3\.\d+/, 'nodejs22.x')}\n    snapStart: PublishedVersions`,
    /snapStart needs one of the runtimes python3\.12, python3\.13/,
  ],
  ['a number in a command', 'image: x\n    command: [1]', /command\[0\] must be text, got 1/],
  [
    'an architecture of another world',
    `${zipped}\n    architecture: mips`,
    /must be x86_64 or arm64, got mips/,
  ],
  [
    'variables of more than 4 KB',
    `${zipped}\n    environment: { BIG: ${'x'.repeat(4_096)} }`,
    /must take at most 4096 bytes as JSON, got 41\d\d/,
  ],
  [
    'a long description',
    `${zipped}\n    description: ${'x'.repeat(257)}`,
    /description must be text of at most 256 characters, got x{60}…/,
  ],
])('%s is a problem', (_, settings, problem) => {
  expect(problemsOf(oneFunction(settings)).join('\n')).toMatch(problem);
});

test.each([
  ['text that is not YAML', 'functions: {', /^1:13: Invalid YAML: a bracket is not closed. Add/],
  ['a list at the top', '- a\n', /^1:1: the file must be a mapping of names to values, got a list/],
  [
    'an anchor that is not there',
    oneFunction('<<: *nope'),
    /functions.hello is \*nope, but there is no anchor &nope/,
  ],
  ['two documents', 'port: 1\n---\nport: 2\n', /Invalid YAML: there is a second document after/],
  ['functions as a list', 'functions: [a]', /functions must be a mapping of names to values, got a list/],
])('%s is a problem', (_, text, problem) => {
  expect(problemsOf(text).join('\n')).toMatch(problem);
});

test('the error says it all, a line per problem, with the file`s name', () => {
  let message = '';
  try {
    parseTemplate('port: x\nspares: x\n', join(process.cwd(), 'sub', 'lambdock.yaml'));
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toBe(
    'sub/lambdock.yaml:1:1: port must be between 0 and 65535, got x\nsub/lambdock.yaml:2:1: spares must be between 0 and 100, or counts by runtime or function such as python3.13=4,hello=2, got x',
  );
  expect(formatProblem('/elsewhere/a.yaml', { message: 'is odd' })).toBe('/elsewhere/a.yaml: is odd');
});

test('values for parameters are refused, as there are none', () => {
  const context = { region: 'us-east-1', accountId: '000000000000', parameters: { Stage: 'prod' } };
  expect(() => parseTemplate(oneFunction(zipped), file, context)).toThrow(
    'there are values for parameters (Stage), which only templates for SAM and CloudFormation have. Leave them out',
  );
});

test('an unreadable file is a problem', async () => {
  const nowhere = join(folder.path, 'nowhere.yaml');
  expect(() => loadTemplate(nowhere)).toThrow(/nowhere.yaml: does not exist\. Write one/);
  expect(() => loadTemplate(folder.path)).toThrow(/is a folder. Name a YAML file/);
});

test('settings alone are read past mistakes in functions, and from no file at all', async () => {
  const path = join(folder.path, 'settings.yaml');
  await writeFile(path, 'port: 9100\nfunctions: { hello: { memorySize: 1 } }\nunknown: 1\n');
  expect(loadTemplateSettings(path)).toEqual({ port: 9100 });
  expect(loadTemplateSettings(join(folder.path, 'nowhere.yaml'))).toEqual({});
  await writeFile(path, 'port: many\n');
  expect(() => loadTemplateSettings(path)).toThrow(
    /settings.yaml:1:1: port must be between 0 and 65535, got many/,
  );
});

test('the template that ships is right', () => {
  const names = loadTemplate(join(__dirname, '../../../lambdock.yaml')).functions.map((each) => each.name);
  expect(names).toEqual(['thumbnail', 'greeting']);
});

test('warns of TypeScript that is not compiled', async () => {
  await mkdir(join(folder.path, 'typed'));
  await writeFile(join(folder.path, 'typed', 'app.ts'), '');
  const typed = (build: string) =>
    parseTemplate(
      oneFunction(`runtime: nodejs22.x\n    handler: app.handler\n    code: typed\n    ${build}`),
      file,
    ).warnings.map(({ message }) => message);
  expect(typed('')).toEqual([
    expect.stringContaining('has app.ts and no JavaScript file for the handler. Add "build: esbuild"'),
  ]);
  expect(typed('build: esbuild')).toEqual([]);
});
