import {
  endLine,
  faultLine,
  initReportLine,
  initStartLine,
  launchErrorLine,
  reportLine,
  startLine,
} from '../../src/telemetry/platform-lines';

const requestId = '65ab1146-2fb2-453f-a650-a1a0d64b2629';
const figures = { requestId, durationMs: 3.014, memorySizeMB: 128, maxMemoryUsedMB: 36, status: 'success' };

test('lines as the service writes them', () => {
  expect(initStartLine({ name: 'python:3.13.v1', versionArn: 'arn:aws:lambda:us-east-1::runtime:ab' })).toBe(
    'INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab',
  );
  expect(startLine(requestId, '$LATEST')).toBe(`START RequestId: ${requestId} Version: $LATEST`);
  expect(endLine(requestId)).toBe(`END RequestId: ${requestId}`);
  expect(reportLine({ ...figures, initDurationMs: 110.1 })).toBe(
    `REPORT RequestId: ${requestId}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t`,
  );
});

test.each([
  [{ status: 'error' }, ''],
  [{ status: 'timeout', errorType: 'Sandbox.Timedout' }, 'Status: timeout\t'],
  [{ status: 'error', errorType: 'Runtime.ExitError' }, 'Status: error\tError Type: Runtime.ExitError\t'],
])('a REPORT of %j ends in "%s"', (ending, text) => {
  expect(reportLine({ ...figures, ...ending })).toBe(
    `REPORT RequestId: ${requestId}\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t${text}`,
  );
});

test('INIT_REPORT names the phase and how it failed', () => {
  expect(
    initReportLine({ durationMs: 10_000.4, phase: 'init', status: 'timeout', errorType: 'Sandbox.Timedout' }),
  ).toBe('INIT_REPORT Init Duration: 10000.40 ms\tPhase: init\tStatus: timeout');
  expect(
    initReportLine({ durationMs: 12, phase: 'invoke', status: 'error', errorType: 'Runtime.ExitError' }),
  ).toBe('INIT_REPORT Init Duration: 12.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError');
});

test('a fault is one event with its type on a line of its own, a timeout one with its time', () => {
  const fields = { requestId: 'id', message: 'Runtime exited with error: exit status 1', timeMs: 0 };
  expect(faultLine({ ...fields, status: 'error', errorType: 'Runtime.ExitError' })).toBe(
    'RequestId: id Error: Runtime exited with error: exit status 1\nRuntime.ExitError',
  );
  const message = 'Task timed out after 1.00 seconds';
  expect(faultLine({ ...fields, message, status: 'timeout', errorType: 'Sandbox.Timedout' })).toBe(
    '1970-01-01T00:00:00.000Z id Task timed out after 1.00 seconds',
  );
});

test('a launch error names what the image would have started', () => {
  const launch = { message: 'fork/exec /app/main: exec format error', workingDirectory: '/app' };
  expect(launchErrorLine({ ...launch, entryPoint: ['/app/main', '-v'], command: [] })).toBe(
    'IMAGE\tLaunch error: fork/exec /app/main: exec format error\tEntrypoint: [/app/main,-v]\tCmd: []\tWorkingDir: [/app]',
  );
});

test('REPORT has a second line for a trace that is sampled', () => {
  const report = { requestId: '1', status: 'success', durationMs: 1, memorySizeMB: 128, maxMemoryUsedMB: 30 };
  const trace = (sampled: number) => `Root=1-2-3;Parent=53995c3f42cd8ad8;Sampled=${sampled};Lineage=1:a:0`;
  expect(reportLine({ ...report, trace: trace(1) }).split('\n')).toEqual([
    reportLine(report),
    'XRAY TraceId: 1-2-3\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t',
  ]);
  expect(reportLine({ ...report, trace: trace(0) })).toBe(reportLine(report));
});
