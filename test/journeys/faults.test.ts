import { RunningApp } from '../support/app/running-app';
import { functionsFolder } from '../support/functions/functions-folder';

jest.setTimeout(60_000);

let app: RunningApp;

beforeAll(async () => {
  const python = { runtime: 'python3.13', code: functionsFolder('python'), memorySize: 1_769, timeout: 20 };
  app = await RunningApp.start({
    // A sandbox in advance for each of them would be made for nothing.
    settings: { spares: 0 },
    functions: {
      acts: { ...python, handler: 'acts.handler' },
      node: { ...python, runtime: 'nodejs22.x', handler: 'acts.handler', code: functionsFolder('node') },
      'no-module': { ...python, handler: 'no_module.handler' },
      'no-handler': { ...python, handler: 'acts.missing' },
      raises: { ...python, handler: 'raises.handler' },
      leaves: { ...python, handler: 'leaves.handler' },
      late: { ...python, handler: 'late.handler' },
      'second-try': { ...python, handler: 'second_try.handler' },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

const ids = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
const figures = /\d+(\.\d+)? (ms|MB)/g;

/** Log lines with every id and figure taken out. */
const plain = (lines: readonly string[]) =>
  lines.map((line) => line.replaceAll(ids, 'ID').replaceAll(figures, 'N $2'));

test("Python's error, with its fields in Python's order", async () => {
  const { text, requestId, log } = await app.invoke(
    'acts',
    { act: 'fail', message: 'no luck' },
    { tail: true },
  );
  expect(text).toBe(
    `{"errorMessage": "no luck", "errorType": "ValueError", "requestId": "${requestId}", "stackTrace": [` +
      '"  File \\"/var/task/acts.py\\", line 16, in handler\\n    return acts[name](event, context) if name else event\\n", ' +
      '"  File \\"/var/task/acts.py\\", line 48, in fail\\n    raise ValueError(event[\\"message\\"])\\n"]}',
  );
  expect(log.slice(1, 4)).toEqual([
    '[ERROR] ValueError: no luck',
    'Traceback (most recent call last):',
    // Of no-break spaces, which the console shows as an indentation.
    expect.stringMatching(/^\s{2}File "\/var\/task\/acts.py", line 16, in handler$/),
  ]);
});

test('an exception that is to end the process is an exit', async () => {
  const left = await app.invoke('acts', { act: 'leave_by_exception', code: 0 });
  expect(left.payload).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${left.requestId} Error: Runtime exited without providing a reason`,
  });
});

test("Node's error", async () => {
  const { payload, functionError, log } = await app.invoke(
    'node',
    { act: 'fail', message: 'no luck' },
    { tail: true },
  );
  expect(functionError).toBe('Unhandled');
  expect(payload).toEqual({
    errorType: 'TypeError',
    errorMessage: 'no luck',
    trace: expect.arrayContaining([
      'TypeError: no luck',
      expect.stringMatching(/^ {4}at .*file:\/\/\/var\/task\/acts\.mjs:21:\d+\)$/),
    ]),
  });
  expect(log[1]).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tERROR\tInvoke Error \t\{"errorType":"TypeError"/,
  );
});

test("Node's exit, and an unhandled rejection", async () => {
  const left = await app.invoke('node', { act: 'leave', code: 5 });
  expect(left.payload).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${left.requestId} Error: Runtime exited with error: exit status 5`,
  });
  const rejected = await app.invoke('node', { act: 'reject' });
  expect(rejected.payload).toMatchObject({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: unheard',
  });
  expect((await app.invoke('node', { act: 'count' })).payload).toBe(1);
});

test.each([
  [
    'no-module',
    'Runtime.ImportModuleError',
    "Unable to import module 'no_module': No module named 'that_is_not_there'",
  ],
  ['no-handler', 'Runtime.HandlerNotFound', "Handler 'missing' missing on module 'acts'"],
])('reports %s in the words of the runtime', async (name, errorType, errorMessage) => {
  const { payload, functionError, executedVersion } = await app.invoke(name);
  expect({ functionError, executedVersion }).toEqual({
    functionError: 'Unhandled',
    executedVersion: '$LATEST',
  });
  expect(payload).toEqual({ errorMessage, errorType, requestId: '', stackTrace: [] });
});

test('a failed init is repeated within the invocation, which answers with the second failure', async () => {
  const { payload, log } = await app.invoke('raises', {}, { tail: true });
  expect(payload).toMatchObject({ errorType: 'KeyError', errorMessage: "'at import'", requestId: '' });
  const { stackTrace } = payload as { readonly stackTrace: readonly string[] };
  expect(stackTrace.at(-1)).toBe(
    '  File "/var/task/raises.py", line 2, in <module>\n    raise KeyError("at import")\n',
  );
  expect(stackTrace[0]).toContain('importlib');

  const logged = plain((await app.log('raises')).map(({ text }) => text));
  const warning = expect.stringMatching(/^\[WARNING\]\t\S+Z\t\tLAMBDA_WARNING: Unhandled exception\./);
  const error = expect.stringMatching(/^\[ERROR\] KeyError: 'at import'\nTraceback/);
  const report = 'INIT_REPORT Init Duration: N ms\tPhase: %\tStatus: error\tError Type: KeyError';
  expect(logged).toEqual([
    expect.stringMatching(/^INIT_START /),
    'about to raise',
    warning,
    error,
    report.replace('%', 'init'),
    'about to raise',
    warning,
    error,
    report.replace('%', 'invoke'),
    'START RequestId: ID Version: $LATEST',
    'END RequestId: ID',
    'REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: N MB\tMax Memory Used: N MB\tStatus: error\tError Type: KeyError\t',
  ]);
  expect(log[0]).toBe('about to raise');
});

test('an exit in the init', async () => {
  const { payload, requestId, log } = await app.invoke('leaves', {}, { tail: true });
  expect(payload).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 7`,
  });
  const report = 'INIT_REPORT Init Duration: N ms\tPhase: %\tStatus: error\tError Type: Runtime.ExitError';
  expect(plain(log).slice(0, 5)).toEqual([
    'about to leave',
    report.replace('%', 'init'),
    'about to leave',
    report.replace('%', 'invoke'),
    'START RequestId: ID Version: $LATEST',
  ]);
});

test('a repeated init that succeeds is not a failure', async () => {
  const { payload, functionError, log } = await app.invoke('second-try', {}, { tail: true });
  expect({ payload, functionError }).toEqual({ payload: 'well', functionError: undefined });
  expect(plain(log).slice(-4)).toEqual([
    'INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: error\tError Type: RuntimeError',
    'START RequestId: ID Version: $LATEST',
    'END RequestId: ID',
    'REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: N MB\tMax Memory Used: N MB\t',
  ]);
});

test('an init that takes longer than ten seconds is repeated within the invocation', async () => {
  const { payload } = await app.invoke('late', {}, { tail: true });
  expect(payload).toBe('well');
  const logged = plain((await app.log('late')).map(({ text }) => text));
  expect(logged).toEqual([
    expect.stringMatching(/^INIT_START /),
    'slow start',
    'INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: timeout',
    'START RequestId: ID Version: $LATEST',
    'END RequestId: ID',
    expect.stringMatching(/^REPORT /),
  ]);
});

test('each of many requests to a function that cannot start gets the reason, and none waits for another', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => app.invoke('no-module')));
  for (const { payload } of answers) {
    expect(payload).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
  }
});
