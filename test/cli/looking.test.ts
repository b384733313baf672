import { RunningCommand, runCommand } from '../support/command';
import { RecordingServer } from '../support/recording-server';

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
  server.json(200, { functions: [hello, broken] });
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

test('both say when there is nothing, and give JSON where it is asked for', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [], environments: [] });
  const at = ['--endpoint', server.endpoint];
  const outputs = await Promise.all(
    [['list'], ['ps'], ['list', '--json'], ['ps', '--json']].map((words) => runCommand([...words, ...at])),
  );
  expect(outputs.map(({ stdout }) => stdout)).toEqual([
    'No functions: the template names none. Deploy one: npx lambdock deploy FOLDER\n',
    'No environments. The first invocation makes one.\n',
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
  expect(two.stdout).toBe('Retired 2 environments of hello; its next call is a cold start.\n');
  expect(none.stdout).toBe('other had no environment; its next call is a cold start anyway.\n');
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /_lambdock/functions/hello/retire',
    'POST /_lambdock/functions/other/retire',
  ]);
});

test('retire of a function that is not there is refused with the way to those that are', async () => {
  await using server = await RecordingServer.start();
  server.json(404, { message: 'There is no function other' });
  const ended = await runCommand(['retire', 'other', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({
    code: 1,
    stderr: 'lambdock: There is no function other. The functions that there are: npx lambdock list\n',
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
  expect(ended).toMatchObject({ code: 0, stderr: 'lambdock ended.\n' });
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
    `lambdock: The connection to lambdock at ${server.endpoint} broke; it has ended or was killed.\n`,
  );
});
