import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { runCommand } from '../support/app/command';
import { TemporaryFolder } from '../support/lib/temporary-folder';

jest.setTimeout(180_000);

const docker = new Docker();
const instance = `lambdock-test-run-${process.pid}`;
let folder: TemporaryFolder;

const code = `export const handler = async (event) => {
  console.log('the event:', JSON.stringify(event));
  if (event.act === 'throw') throw new TypeError('as asked');
  if (event.act === 'exit') process.exit(3);
  if (event.act === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return event;
};
`;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await mkdir(join(folder.path, 'code'));
  await writeFile(join(folder.path, 'code', 'index.mjs'), code);
  await writeFile(join(folder.path, 'event.json'), '{"name":"x"}');
  await writeFile(
    join(folder.path, 'lambdock.yaml'),
    `functions:
  hello: { runtime: nodejs24.x, handler: index.handler, code: code, timeout: 2 }
  broken: { image: "lambdock-test/no-such-image:1" }
`,
  );
});

afterAll(async () => {
  const left = await docker.listContainers({
    all: true,
    filters: { label: [`lambdock.instance=${instance}`] },
  });
  for (const { Id } of left) await docker.getContainer(Id).remove({ force: true });
  await folder?.[Symbol.asyncDispose]();
  expect(left).toEqual([]);
});

const run = (words: readonly string[], input?: string) =>
  runCommand(['run', ...words, '--instance', instance], {
    workingDirectory: folder.path,
    ...(input !== undefined && { input }),
  });

test('run prints the response on standard output and the log on standard error', async () => {
  const ended = await run(['hello', '-e', 'event.json']);
  expect(ended).toMatchObject({ code: 0, stdout: '{"name":"x"}\n' });
  expect(ended.stderr).toContain('the event: {"name":"x"}');
  expect(ended.stderr).toMatch(/hello \| REPORT RequestId: /);
});

test('run takes the event from standard input, or as JSON', async () => {
  expect(await run(['hello', '-e', '-'], '{"from":"input"}')).toMatchObject({
    code: 0,
    stdout: '{"from":"input"}\n',
  });
  expect(await run(['hello', '-e', '[1]'])).toMatchObject({ code: 0, stdout: '[1]\n' });
});

test.each([
  ['throw', 2, 'TypeError'],
  ['hang', 3, 'Sandbox.Timedout'],
  ['exit', 4, 'Runtime.ExitError'],
])('run exits by the outcome: %s', async (act, exitCode, errorType) => {
  const ended = await run(['hello', '-e', JSON.stringify({ act })]);
  expect(ended.code).toBe(exitCode);
  expect(JSON.parse(ended.stdout)).toMatchObject({ errorType });
});

test('run exits with 1 where the function cannot be run', async () => {
  const [unknown, broken, missing, invalid] = [
    await run(['nosuch']),
    await run(['broken']),
    await run(['hello', '-e', 'missing.json']),
    await run(['hello', '-e', '{']),
  ];
  expect([unknown, broken, missing, invalid].map(({ code: exit, stdout }) => [exit, stdout])).toEqual(
    Array(4).fill([1, '']),
  );
  expect(unknown.stderr).toContain('nosuch');
  expect(broken.stderr).toContain('no-such-image');
  expect(missing.stderr).toContain('Cannot read the event from missing.json: the file does not exist');
  expect(invalid.stderr).toContain('the event is not valid JSON');
});
