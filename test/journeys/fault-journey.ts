import type { Engine } from '../../src/engine/engine';
import { RunningApp } from '../support/app/running-app';
import { functionsFolder } from '../support/functions/functions-folder';

/** What a caller sees of functions that fail, and what their environments keep of it. */
export function faultJourney(engine?: () => Engine): void {
  let app: RunningApp;

  beforeAll(async () => {
    const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
    // Memory gives CPU: a runtime that is started anew within an invocation has no more than its share.
    const roomy = { ...acts, memorySize: 1_769 };
    app = await RunningApp.start({
      functions: {
        acts: { ...roomy, timeout: 20 },
        hasty: { ...roomy, timeout: 2 },
        small: { ...acts, timeout: 20 },
      },
      ...(engine && { engine: engine() }),
    });
  });

  afterAll(() => app?.[Symbol.asyncDispose]());

  const statusOf = (log: readonly string[]) =>
    log
      .at(-1)
      ?.split('\t')
      .filter((field) => /^(Status|Error Type|Init Duration)/.test(field));

  test('an error of the handler is the response, and its environment stays', async () => {
    const before = await app.invoke('acts', { act: 'count' });
    const { status, payload, functionError, executedVersion, log } = await app.invoke(
      'acts',
      { act: 'fail', message: 'no luck' },
      { tail: true },
    );
    expect({ status, payload, functionError, executedVersion }).toEqual({
      status: 200,
      payload: expect.objectContaining({ errorType: 'ValueError', errorMessage: 'no luck' }),
      functionError: 'Unhandled',
      executedVersion: '$LATEST',
    });
    expect(statusOf(log)).toEqual([]);
    expect((await app.invoke('acts', { act: 'count' })).payload).toBe(Number(before.payload) + 2);
  });

  test('a timeout ends the processes and keeps /tmp', async () => {
    const path = '/tmp/kept';
    expect((await app.invoke('hasty', { act: 'write', path, text: 'still here' })).payload).toBe(1);
    const { payload, functionError, requestId, log } = await app.invoke(
      'hasty',
      { act: 'hang' },
      { tail: true },
    );
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 2.00 seconds`,
    });
    expect(log.map((line) => line.replace(/^[-\d]+T[:.\d]+Z /, '').split(' RequestId:')[0])).toEqual([
      'START',
      'hanging',
      `${requestId} Task timed out after 2.00 seconds`,
      'END',
      'REPORT',
    ]);
    expect(statusOf(log)).toEqual(['Status: timeout']);
    const durationMs = Number(/Duration: ([\d.]+) ms/.exec(log.at(-1) ?? '')?.[1]);
    expect(durationMs).toBeGreaterThanOrEqual(2_000);
    // Milliseconds after the deadline on a machine with nothing else to do; seconds would be another deadline.
    expect(durationMs).toBeLessThan(3_000);
    const after = await app.invoke('hasty', { act: 'read', path }, { tail: true });
    expect(after.payload).toEqual({ text: 'still here', invocations: 1 });
    // It is the environment that there was, started anew within the invocation.
    expect(statusOf(after.log)).toEqual([]);
  });

  test.each([
    ['exit with 0', { act: 'leave', code: 0 }, 'leaving', 'Runtime exited without providing a reason'],
    ['exit with 3', { act: 'leave', code: 3 }, 'leaving', 'Runtime exited with error: exit status 3'],
    ['SIGKILL', { act: 'crash', signal: 'SIGKILL' }, 'crashing', 'Runtime exited with error: signal: killed'],
    [
      'SIGSEGV',
      { act: 'crash', signal: 'SIGSEGV' },
      'crashing',
      'Runtime exited with error: signal: segmentation fault',
    ],
  ])('%s', async (_name, event, said, message) => {
    const { payload, functionError, requestId, log } = await app.invoke('acts', event, { tail: true });
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: ${message}`,
    });
    expect(log.slice(0, -1)).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      said,
      `RequestId: ${requestId} Error: ${message}`,
      'Runtime.ExitError',
      `END RequestId: ${requestId}`,
    ]);
    expect(statusOf(log)).toEqual(['Status: error', 'Error Type: Runtime.ExitError']);
    expect((await app.invoke('acts', { act: 'count' })).payload).toBe(1);
  });

  test('more memory than it has', async () => {
    expect((await app.invoke('small', { act: 'hog', megabytes: 80 })).payload).toBe(80);
    const { payload, requestId, log } = await app.invoke(
      'small',
      { act: 'hog', megabytes: 400 },
      { tail: true },
    );
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    });
    expect(statusOf(log)).toEqual(['Status: error', 'Error Type: Runtime.OutOfMemory']);
    expect(log.at(-1)).toContain('\tMax Memory Used: 128 MB\t');
    expect((await app.invoke('small', { act: 'hog', megabytes: 80 })).payload).toBe(80);
  });
}
