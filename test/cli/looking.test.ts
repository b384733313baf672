import { RunningCommand, runCommand } from '../support/app/command';
import { RecordingServer } from '../support/clients/recording-server';

const hello = {
  name: 'hello',
  packageType: 'Zip',
  runtime: 'python3.13',
  handler: 'app.handler',
  memorySize: 128,
  timeout: 3,
  ephemeralStorage: 512,
  state: 'ready',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
};

test('list shows a row per function and why one failed', async () => {
  await using server = await RecordingServer.start();
  const broken = { ...hello, name: 'broken', state: 'failed', reason: 'The zip has no app.py.' };
  server.json(200, { functions: [hello, broken], notices: [] });
  const { code, stdout } = await runCommand(['list', '--endpoint', server.endpoint]);
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'FUNCTION  RUNS ON     HANDLER      MEMORY  TIMEOUT    /tmp  STATE',
      'hello     python3.13  app.handler  128 MB      3 s  512 MB  ready',
      'broken    python3.13  app.handler  128 MB      3 s  512 MB  failed',
      'broken: The zip has no app.py.',
      '',
    ].join('\n'),
  );
});

test('list shows the problems that last, those of failed functions below the table alone', async () => {
  await using server = await RecordingServer.start();
  const broken = { ...hello, name: 'broken', state: 'failed', reason: 'The zip has no app.py.' };
  const notices = [
    { text: 'The template has errors.' },
    { text: 'broken failed: The zip has no app.py.', functionName: 'broken' },
    { text: 'gone was deleted over the API.', functionName: 'gone' },
  ];
  server.json(200, { functions: [broken], notices });
  const { stderr } = await runCommand(['list', '--endpoint', server.endpoint]);
  expect(stderr).toBe('warning: The template has errors.\nwarning: gone was deleted over the API.\n');
});

test('list shows versions and aliases as soon as there are any', async () => {
  await using server = await RecordingServer.start();
  const aliases = [
    { name: 'live', version: '2' },
    { name: 'next', version: '$LATEST' },
  ];
  server.json(200, {
    functions: [
      { ...hello, versions: 2, aliases },
      { ...hello, name: 'plain' },
    ],
    notices: [],
  });
  const { stdout } = await runCommand(['list', '--endpoint', server.endpoint]);
  expect(stdout).toMatch(
    / STATE {2}VERSIONS\nhello .* ready {2}2, live -> 2, next -> \$LATEST\nplain .* ready {2}-\n$/,
  );
});

test('ps shows state, age, memory and how each cold start came about', async () => {
  await using server = await RecordingServer.start();
  const environment = {
    id: 'hello-1',
    engineId: '0123456789abcdef',
    functionName: 'hello',
    version: '$LATEST',
    state: 'ready',
    madeAt: new Date(Date.now() - 200_500).toISOString(),
    invocations: 7,
    coldStart: 'spare',
    initDurationMs: 61.4,
    memoryUsedMiB: 37.2,
    memorySize: 128,
  };
  const spare = { ...environment, engineId: 'fedcba9876543210', state: 'spare', invocations: 0 };
  const { memoryUsedMiB: _, initDurationMs: __, ...unused } = spare;
  server.json(200, { environments: [environment, unused] });
  const { stdout } = await runCommand(['ps', '--endpoint', server.endpoint]);
  expect(stdout).toMatch(
    /^ID +FUNCTION +VERSION +STATE +AGE +MEMORY +INVOCATIONS +COLD START\n0123456789ab +hello +\$LATEST +ready +3m 2\ds +38\/128 MB +7 +from a spare, init 61 ms\nfedcba987654 +hello +\$LATEST +spare +3m 2\ds +-\/128 MB +0 +-\n$/,
  );
});

test('ps --watch shows the environments again when they change, until Ctrl-C', async () => {
  await using server = await RecordingServer.start();
  const environment = {
    id: 'hello-1',
    engineId: '0123456789abcdef',
    functionName: 'hello',
    version: '$LATEST',
    state: 'ready',
    madeAt: new Date().toISOString(),
    invocations: 0,
    memorySize: 128,
  };
  server.answer = (_request, response) => {
    const invocations = server.requests.length;
    response.end(JSON.stringify({ environments: [{ ...environment, invocations }] }));
  };
  await using table = new RunningCommand(['ps', '--watch', '--endpoint', server.endpoint]);
  await table.prints(/ 1 +-\nID +FUNCTION [\s\S]* 3 +-\n$/);
  table.signal('SIGINT');
  const { signal, stdout } = await table.ended;
  expect(signal).toBe('SIGINT');
  // What is not a terminal gets one table after the other, without control characters.
  expect(stdout).not.toContain('\x1b');
});

test('ps --watch --json prints one line each time', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { environments: [] });
  await using table = new RunningCommand(['ps', '--watch', '--json', '--endpoint', server.endpoint]);
  await table.prints(/\[\]\n\[\]\n/);
});

test('both report an empty list, and print JSON with --json', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [], environments: [], notices: [] });
  const at = ['--endpoint', server.endpoint];
  const outputs = await Promise.all(
    [['list'], ['ps'], ['list', '--json'], ['ps', '--json']].map((words) => runCommand([...words, ...at])),
  );
  expect(outputs.map(({ stdout }) => stdout)).toEqual([
    'No functions. Add one to the template, or deploy a folder: npx lambdock deploy FOLDER\n',
    'No environments. The first invocation starts one.\n',
    '[]\n',
    '[]\n',
  ]);
});

test('retire says how many environments went', async () => {
  await using server = await RecordingServer.start();
  server.answer = ({ url }, response) => {
    response.writeHead(200).end(JSON.stringify({ retired: url.includes('hello') ? 2 : 0 }));
  };
  const at = ['--endpoint', server.endpoint];
  const two = await runCommand(['retire', 'hello', ...at]);
  const none = await runCommand(['retire', 'other', ...at]);
  expect(two.stdout).toBe('Retired 2 environments of hello. Its next invocation is a cold start.\n');
  expect(none.stdout).toBe('other has no environments. Its next invocation is a cold start.\n');
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /_lambdock/functions/hello/retire',
    'POST /_lambdock/functions/other/retire',
  ]);
});

test('retire refuses a missing function and names the command that lists functions', async () => {
  await using server = await RecordingServer.start();
  server.json(404, { message: 'Function other not found.' });
  const ended = await runCommand(['retire', 'other', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({
    code: 1,
    stderr: 'lambdock: Function other not found. List the functions: npx lambdock list\n',
  });
});

const line = (functionName: string, text: string) =>
  `${JSON.stringify({ time: '2026-01-02T03:04:05.678Z', functionName, logStream: 's', text })}\n`;

test('logs names functions only where several are mixed', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void response.writeHead(200).end(line('a', 'one\n') + line('b', 'two'));
  const at = ['--endpoint', server.endpoint];
  const mixed = await runCommand(['logs', ...at]);
  const single = await runCommand(['logs', 'a', '-n', '5', ...at]);
  const raw = await runCommand(['logs', '--json', ...at]);
  expect(mixed.stdout).toBe('03:04:05.678 a  one\n03:04:05.678 b  two\n');
  expect(single.stdout).toBe('03:04:05.678 one\n03:04:05.678 two\n');
  expect(raw.stdout).toBe(line('a', 'one\n') + line('b', 'two'));
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/_lambdock/logs?',
    '/_lambdock/logs?function=a&tail=5',
    '/_lambdock/logs?',
  ]);
});

test('logs can be narrowed down by time, text, request and invocation', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void response.writeHead(200).end();
  const at = ['--endpoint', server.endpoint];
  await runCommand(['logs', '--since', '2026-01-02T03:04:05Z', '--filter', 'a b', ...at]);
  await runCommand(['logs', 'hello', '--request', 'abc', '--invocation', 'last', ...at]);
  await runCommand(['logs', '--since', '10m', ...at]);
  const queries = server.requests.map(({ url }) =>
    Object.fromEntries(new URL(url, server.endpoint).searchParams),
  );
  expect(queries[0]).toEqual({ since: String(Date.UTC(2026, 0, 2, 3, 4, 5)), filter: 'a b' });
  expect(queries[1]).toEqual({ function: 'hello', request: 'abc', invocation: 'last' });
  expect(Date.now() - Number(queries[2]?.since)).toBeGreaterThanOrEqual(600_000);
  const bad = await runCommand(['logs', '--since', 'yesterday', ...at]);
  expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('such as 30s, 10m, 2h or 1d') });
});

test('logs of a request that has none is an error', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void response.writeHead(200).end();
  const ended = await runCommand(['logs', 'hello', '--request', 'abc', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(
      'the log has none of request abc. List invocations: npx lambdock trace hello --list',
    ),
  });
});

test('lambdock`s own lines are marked among those of one function', async () => {
  await using server = await RecordingServer.start();
  const own = JSON.stringify({
    time: '2026-01-02T03:04:05.678Z',
    functionName: 'lambdock',
    logStream: 'lambdock',
    about: 'a',
    text: 'a is ready',
  });
  server.answer = (_, response) => void response.writeHead(200).end(`${own}\n${line('a', 'one')}`);
  const { stdout } = await runCommand(['logs', 'a', '--endpoint', server.endpoint]);
  expect(stdout).toBe('03:04:05.678 lambdock  a is ready\n03:04:05.678 one\n');
});

test('logs -f prints each line as it comes, and says when lambdock ends', async () => {
  await using server = await RecordingServer.start();
  let write: (text: string) => void = () => undefined;
  let end: () => void = () => undefined;
  server.answer = (_, response) => {
    response.writeHead(200).flushHeaders();
    write = (text) => void response.write(text);
    end = () => void response.end();
    write(line('a', 'first'));
  };
  await using command = new RunningCommand(['logs', '-f', '--endpoint', server.endpoint]);
  await command.prints(/a {2}first/);
  // Cut in the middle of a line: what is not whole is not printed.
  write(line('a', 'second').slice(0, 20));
  write(line('a', 'second').slice(20));
  await command.prints(/a {2}second/);
  end();
  const ended = await command.ended;
  expect(ended).toMatchObject({ code: 0, stderr: 'lambdock has shut down.\n' });
  expect(ended.stdout.split('\n')).toHaveLength(3);
});

test('logs whose connection breaks says so', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => {
    response.writeHead(200);
    response.write(line('a', 'first'), () => response.socket?.destroy());
  };
  const ended = await runCommand(['logs', '-f', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 1, stdout: '03:04:05.678 a  first\n' });
  expect(ended.stderr).toBe(
    `lambdock: The connection to lambdock at ${server.endpoint} broke. Check whether it still runs: npx lambdock list\n`,
  );
});
