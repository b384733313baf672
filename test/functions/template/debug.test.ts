import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebugRequest } from '../../../src/functions/template/debug';
import { TemplateError } from '../../../src/functions/template/problems';
import { parseTemplate } from '../../../src/functions/template/template';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'app'));
});

afterAll(() => folder[Symbol.asyncDispose]());

const python = 'runtime: python3.13, handler: app.handler, code: app';
const node = 'runtime: nodejs22.x, handler: app.handler, code: app';
const context = { region: 'us-east-1', accountId: '000000000000', parameters: {} };

function debugOf(lines: readonly string[], debug: readonly DebugRequest[] = [], debugWait = false) {
  const text = `functions:\n${lines.map((line) => `  ${line}\n`).join('')}`;
  const { functions } = parseTemplate(text, join(folder.path, 'lambdock.yaml'), {
    ...context,
    debug,
    debugWait,
  });
  return functions.map((each) => each.debug);
}

test('functions that are debugged get the usual ports of their debuggers, one each', () => {
  const lines = [
    `a: { ${node}, debug: true }`,
    `b: { ${python}, debug: true }`,
    `c: { ${node}, debug: 9230 }`,
    `d: { ${node}, debug: true }`,
    'e: { image: mine, debug: { wait: true } }',
    `f: { ${node}, debug: false }`,
  ];
  expect(debugOf(lines)).toEqual([
    { port: 9229, wait: false },
    { port: 5678, wait: false },
    { port: 9230, wait: false },
    { port: 9231, wait: false },
    { port: 9232, wait: true },
    undefined,
  ]);
});

test('flags name functions and ports, and let all wait', () => {
  const lines = [`a: { ${node} }`, `b: { ${python}, debug: 5000 }`];
  expect(debugOf(lines, [{ name: 'a' }, { name: 'b', port: 6000 }], true)).toEqual([
    { port: 9229, wait: true },
    { port: 6000, wait: true },
  ]);
});

test('flags reach functions of a SAM template', () => {
  const text = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: hello, Runtime: python3.13, Handler: app.handler, CodeUri: app }
`;
  const debug = [{ name: 'hello' }];
  const { functions } = parseTemplate(text, join(folder.path, 'template.yaml'), { ...context, debug });
  expect(functions[0]?.debug).toEqual({ port: 5678, wait: false });
});

test.each([
  [[`a: { ${node} }`], [{ name: 'b' }], 'has no function b, which --debug names. It has a'],
  [
    ['a: { runtime: provided.al2023, handler: x, code: app, debug: true }'],
    [],
    'cannot debug a: its runtime is provided.al2023',
  ],
  [
    ['a: { runtime: java21, handler: x, code: app, debug: true }'],
    [],
    'cannot debug a: its runtime is java21. Node.js, Python and images can be debugged',
  ],
  [[`a: { ${node}, debug: 9000 }`, `b: { ${node}, debug: 9000 }`], [], 'debugs two functions at port 9000'],
  [[`a: { ${node}, debug: 80 }`], [], 'must be true, false or a port, 1024 to 65535, got 80'],
  [[`a: { ${node}, debug: { wait: soon } }`], [], 'must be true or false, got soon'],
])('%j with %j is refused', (lines, requests, message) => {
  expect(() => debugOf(lines, requests)).toThrow(TemplateError);
  expect(() => debugOf(lines, requests)).toThrow(message);
});
