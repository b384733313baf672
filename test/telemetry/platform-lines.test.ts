import {
  endLine,
  initReportLine,
  initStartLine,
  reportLine,
  startLine,
} from '../../src/telemetry/platform-lines';

const requestId = '65ab1146-2fb2-453f-a650-a1a0d64b2629';
const facts = { requestId, durationMs: 3.014, memorySizeMB: 128, maxMemoryUsedMB: 36, status: 'success' };

test('lines as the service writes them', () => {
  expect(initStartLine({ name: 'python:3.13.v1', versionArn: 'arn:aws:lambda:us-east-1::runtime:ab' })).toBe(
    'INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab',
  );
  expect(startLine(requestId, '$LATEST')).toBe(`START RequestId: ${requestId} Version: $LATEST`);
  expect(endLine(requestId)).toBe(`END RequestId: ${requestId}`);
  expect(reportLine({ ...facts, initDurationMs: 110.1 })).toBe(
    `REPORT RequestId: ${requestId}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t`,
  );
});

test.each([
  [{ status: 'error' }, ''],
  [{ status: 'timeout', errorType: 'Sandbox.Timedout' }, 'Status: timeout\t'],
  [{ status: 'error', errorType: 'Runtime.ExitError' }, 'Status: error\tError Type: Runtime.ExitError\t'],
])('a REPORT of %j ends in "%s"', (ending, text) => {
  expect(reportLine({ ...facts, ...ending })).toBe(
    `REPORT RequestId: ${requestId}\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t${text}`,
  );
});

test('INIT_REPORT tells the phase and how it failed', () => {
  expect(
    initReportLine({ durationMs: 10_000.4, phase: 'init', status: 'timeout', errorType: 'Sandbox.Timedout' }),
  ).toBe('INIT_REPORT Init Duration: 10000.40 ms\tPhase: init\tStatus: timeout');
  expect(
    initReportLine({ durationMs: 12, phase: 'invoke', status: 'error', errorType: 'Runtime.ExitError' }),
  ).toBe('INIT_REPORT Init Duration: 12.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError');
});
