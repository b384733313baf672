import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/app/command';
import { RecordingServer } from '../../support/clients/recording-server';
import { aCold, anEnvironment } from '../../support/laboratory/environment-traces';
import { aRun } from '../../support/laboratory/scenario-runs';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

const timeline = { now: 0, since: 0, environments: [anEnvironment()], invocations: [aCold()] };

const stats = {
  functions: [
    {
      functionName: 'hello',
      invocations: 200,
      errors: 1,
      throttles: 2,
      coldStarts: 10,
      coldShare: 0.05,
      duration: { p50: 12.345, p95: 150.4 },
      init: { p50: 110, p95: 120 },
      latency: { p50: 13, p95: 300 },
      memoryUsedMiB: 45,
      memorySize: 128,
      environments: 3,
      environmentsMost: 5,
    },
    {
      functionName: 'idle',
      invocations: 0,
      errors: 0,
      throttles: 0,
      coldStarts: 0,
      coldShare: 0,
      duration: {},
      init: {},
      latency: {},
      memorySize: 512,
      environments: 0,
      environmentsMost: 0,
    },
  ],
};

test('ui prints the address of the page', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { path: '/_lambdock/ui?ticket=abc' });
  const { code, stdout } = await runCommand(['ui', '--endpoint', server.endpoint]);
  expect(code).toBe(0);
  expect(stdout).toBe(`${server.endpoint}/_lambdock/ui?ticket=abc\n`);
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /_lambdock/sign-in']);
});

test('stats prints a row per function, and a dash for a missing figure', async () => {
  await using server = await RecordingServer.start();
  server.json(200, stats);
  const { code, stdout } = await runCommand(['stats', '--endpoint', server.endpoint]);
  expect(code).toBe(0);
  expect(stdout).toBe(
    `FUNCTION  INVOCATIONS  ERRORS  THROTTLES   COLD  P50 MS  P95 MS  INIT P50  INIT P95     MEMORY  ENVIRONMENTS
hello             200       1          2  5.0 %    12.3     150       110       120  45/128 MB    3 (most 5)
idle                0       0          0  0.0 %       -       -         -         -   -/512 MB    0 (most 0)
`,
  );
});

test('stats --json prints what lambdock answers', async () => {
  await using server = await RecordingServer.start();
  server.json(200, stats);
  const { stdout } = await runCommand(['stats', '--json', '--endpoint', server.endpoint]);
  expect(JSON.parse(stdout)).toEqual(stats);
});

test('stats --csv has a head and a line per function', async () => {
  await using server = await RecordingServer.start();
  server.json(200, stats);
  const { stdout } = await runCommand(['stats', '--csv', '--endpoint', server.endpoint]);
  const [head, hello, idle] = stdout.split('\r\n');
  expect(head?.split(',')).toHaveLength(16);
  expect(hello).toBe('hello,200,1,2,10,0.05,12.345,150.4,110,120,13,300,45,128,3,5');
  expect(idle).toBe('idle,0,0,0,0,0,,,,,,,,512,0,0');
});

test('trace shows the last invocation of a function', async () => {
  await using server = await RecordingServer.start();
  const details = { invocation: aCold(), environment: anEnvironment() };
  server.answer = ({ url }, response) =>
    response.end(JSON.stringify(url.includes('/timeline?') ? timeline : details));
  const { code, stdout } = await runCommand(['trace', 'hello', '--endpoint', server.endpoint]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^hello \$LATEST {2}11111111-/);
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/_lambdock/timeline?function=hello&limit=1',
    '/_lambdock/invocations/11111111-2222-4333-8444-555555555555',
  ]);
});

test('trace --list has the latest invocations, and --request one of them by the beginning of its id', async () => {
  await using server = await RecordingServer.start();
  const details = { invocation: aCold(), environment: anEnvironment() };
  server.answer = ({ url }, response) =>
    response.end(JSON.stringify(url.includes('/timeline?') ? timeline : details));
  const list = await runCommand(['trace', 'hello', '--list', '--endpoint', server.endpoint]);
  expect(list.stdout).toMatch(
    /^REQUEST +ARRIVED +STATUS +START +DURATION\n11111111-2222-\S+ +03:04:05.000 +success +cold, first-call +100 ms\n$/,
  );
  const one = await runCommand(['trace', 'hello', '--request', '1111', '--endpoint', server.endpoint]);
  expect(one.stdout).toMatch(/^hello \$LATEST {2}11111111-/);
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/_lambdock/timeline?function=hello&limit=20',
    '/_lambdock/invocations/1111',
  ]);
});

test('scenario diff compares the JSON files of two runs, and names a file that is none', async () => {
  await using folder = await TemporaryFolder.make();
  const [before, after] = [join(folder.path, 'before.json'), join(folder.path, 'after.json')];
  writeFileSync(before, JSON.stringify(aRun()));
  writeFileSync(after, JSON.stringify(aRun({ seed: 2 })));
  const { code, stdout } = await runCommand(['scenario', 'diff', before, after]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^A: night, .* seed 1, speed 1\nB: night, .* seed 2, speed 1\n\na\nFIGURE /);
  writeFileSync(after, '{}');
  const other = await runCommand(['scenario', 'diff', before, after]);
  expect(other.code).toBe(1);
  expect(other.stderr).toContain(`${after} is not the result of a run.`);
});

test('trace without an invocation names the next step', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { ...timeline, environments: [], invocations: [] });
  const { code, stderr } = await runCommand(['trace', 'hello', '--endpoint', server.endpoint]);
  expect(code).toBe(1);
  expect(stderr).toContain('hello has no invocation that lambdock remembers. Invoke it first:');
});

test('trace --chrome writes a file of trace events', async () => {
  await using server = await RecordingServer.start();
  await using folder = await TemporaryFolder.make();
  server.json(200, timeline);
  const file = join(folder.path, 'trace.json');
  const { stdout } = await runCommand(['trace', 'hello', '--chrome', file, '--endpoint', server.endpoint]);
  expect(stdout).toContain('Wrote 1 invocations in 1 environments');
  expect(JSON.parse(readFileSync(file, 'utf8')).traceEvents.length).toBeGreaterThan(5);
});

test.each([
  [['cold', 'hello'], '/cold?count=1', { environments: 1 }, 'The next invocation of hello is a cold start.'],
  [
    ['cold', 'hello', '--count', '3'],
    '/cold?count=3',
    { environments: 3 },
    'Each of the next 3 invocations of hello is a cold start.',
  ],
  [['expire', 'hello'], '/expire?', { environments: 2 }, 'Ended 2 environments of hello that were idle.'],
  [['expire', 'hello'], '/expire?', { environments: 0 }, 'hello has no idle environments.'],
  [['freeze', 'hello'], '/freeze?', { environments: 1 }, 'Stopped the processes of 1 environment of hello.'],
  [
    ['thaw', 'hello'],
    '/thaw?',
    { environments: 1 },
    'The processes of 1 environment of hello run until the next invocation.',
  ],
  [
    ['warm', 'hello', '-n', '5'],
    '/warm?environments=5',
    { environments: 5, started: 4, ended: 0 },
    'hello has 5 environments: 4 started.',
  ],
  [
    ['scale', 'hello', '-n', '1'],
    '/scale?environments=1',
    { environments: 1, started: 0, ended: 4 },
    'hello has 1 environment: 4 ended.',
  ],
  [
    ['warm', 'hello'],
    '/warm?environments=1',
    { environments: 1, started: 0, ended: 0 },
    'hello has 1 environment: nothing to do.',
  ],
])('%j posts %s', async (words, path, answer, sentence) => {
  await using server = await RecordingServer.start();
  server.json(200, answer);
  const { code, stdout } = await runCommand([...words, '--endpoint', server.endpoint]);
  expect(code).toBe(0);
  expect(stdout).toBe(`${sentence}\n`);
  expect(server.requests.map((request) => `${request.method} ${request.url}`)).toEqual([
    `POST /_lambdock/functions/hello${path}`,
  ]);
});
