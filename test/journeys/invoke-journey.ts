import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Engine } from '../../src/engine/engine';
import { RunningApp } from '../support/app/running-app';
import { functionsFolder } from '../support/functions/functions-folder';

const mebibyte = 1024 * 1024;
const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** What a caller sees of functions that do well and of requests that are refused, over the AWS SDK. */
export function invokeJourney(engine?: () => Engine): void {
  let app: RunningApp;

  beforeAll(async () => {
    const acts = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
    app = await RunningApp.start({
      functions: { acts: { ...acts, memorySize: 1_769, timeout: 20 }, other: acts },
      ...(engine && { engine: engine() }),
    });
  });

  afterAll(() => app?.[Symbol.asyncDispose]());

  test('the first call is cold, the second warm, and each log says so under the id of its request', async () => {
    const cold = await app.invoke('other', { act: 'say', text: 'hello' }, { tail: true });
    const warm = await app.invoke('other', { act: 'count' }, { tail: true });
    expect(warm.payload).toBe(2);
    const report = (id: string) =>
      `REPORT RequestId: ${id}\\tDuration: \\d+\\.\\d\\d ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB\\t`;
    expect(cold.log).toEqual([
      `START RequestId: ${cold.requestId} Version: $LATEST`,
      'hello',
      `END RequestId: ${cold.requestId}`,
      expect.stringMatching(`^${report(cold.requestId)}Init Duration: \\d+\\.\\d\\d ms\\t$`),
    ]);
    expect(warm.log).toEqual([
      `START RequestId: ${warm.requestId} Version: $LATEST`,
      `END RequestId: ${warm.requestId}`,
      expect.stringMatching(`^${report(warm.requestId)}$`),
    ]);
    expect(warm.requestId).not.toBe(cold.requestId);
    const [first] = await app.log('other');
    expect(first?.text).toMatch(
      /^INIT_START Runtime Version: python:3\.13\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/,
    );
  });

  test.each([
    ['true', true],
    ['a number', 1],
    ['null', null],
    ['a list', [1, 2]],
    ['an object', { key: { nested: [{}] } }],
    ['letters of the world', { text: 'Grüße, 世界, 🚀 \u0000 \u2028' }],
  ])('%s goes there and back', async (_name, event) => {
    const answer = await app.invoke('acts', event);
    expect(answer).toMatchObject({ status: 200, payload: event, executedVersion: '$LATEST' });
    expect(answer.functionError).toBeUndefined();
  });

  test('5 MB of text go there and back', async () => {
    const text = 'abcdefghij'.repeat(500_000);
    expect((await app.invoke('acts', text)).payload === text).toBe(true);
  });

  test('without a payload the event is an empty object, without a result the answer is null', async () => {
    expect((await app.invoke('acts')).text).toBe('{}');
    const { status, text, functionError } = await app.invoke('acts', { act: 'nothing' });
    expect({ status, text, functionError }).toEqual({ status: 200, text: 'null', functionError: undefined });
  });

  test('Event is accepted before it runs, and runs once', async () => {
    const event = { act: 'say', text: 'in the background' };
    const answer = await app.invoke('acts', event, { InvocationType: 'Event' });
    expect(answer).toMatchObject({ status: 202, text: '', log: [] });
    expect(answer.executedVersion).toBeUndefined();
    await app.prints(new RegExp(`END RequestId: ${answer.requestId}`));
    const said = (await app.log('acts')).filter(({ requestId }) => requestId === answer.requestId);
    expect(said.map(({ text }) => text.split(' ')[0])).toEqual(['START', 'in', 'END', 'REPORT']);
  });

  test('DryRun runs nothing', async () => {
    const before = await app.invoke('acts', { act: 'count' });
    const answer = await app.invoke('acts', {}, { InvocationType: 'DryRun' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await app.invoke('acts', { act: 'count' })).payload).toBe(Number(before.payload) + 1);
  });

  test('the tail is the last 4 KB of the log', async () => {
    const { log, requestId } = await app.invoke(
      'acts',
      { act: 'say', text: 'x'.repeat(5_000) },
      { tail: true },
    );
    expect(log.map((line) => line[0])).toEqual(['x', 'E', 'R']);
    expect(log.join('\n').length + 1).toBe(4_096);
    expect(log[1]).toBe(`END RequestId: ${requestId}`);
  });

  test('the context that the handler gets', async () => {
    const client = {
      client: { app_title: 'journey' },
      custom: { key: 'größer' },
      env: { locale: 'de' },
    };
    const answer = await app.invoke(
      'acts',
      { act: 'context' },
      { ClientContext: Buffer.from(JSON.stringify(client)).toString('base64') },
    );
    expect(answer.payload).toEqual({
      functionName: 'acts',
      functionVersion: '$LATEST',
      invokedFunctionArn: arn('acts'),
      memoryLimit: '1769',
      requestId: answer.requestId,
      logGroup: '/aws/lambda/acts',
      logStream: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      remainingMs: expect.any(Number),
      traceId: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
      ),
      client: { custom: { key: 'größer' }, env: { locale: 'de' }, title: 'journey' },
    });
    const { remainingMs } = answer.payload as { remainingMs: number };
    expect(remainingMs).toBeGreaterThan(10_000);
    expect(remainingMs).toBeLessThanOrEqual(20_000);
  });

  test("a caller's trace is carried on", async () => {
    const trace = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';
    const answer = await fetch(`${app.address}/2015-03-31/functions/acts/invocations`, {
      method: 'POST',
      headers: { 'X-Amzn-Trace-Id': trace },
      body: '{"act":"context"}',
    });
    expect(answer.headers.get('x-amzn-trace-id')).toBe('Root=1-67891233-abcdef012345678912345678;Sampled=1');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({ traceId: expect.stringMatching(`^${trace};Lineage=`) });
  });

  test.each([
    ['acts', undefined, arn('acts')],
    ['acts', '$LATEST', `${arn('acts')}:$LATEST`],
    ['acts:$LATEST', undefined, `${arn('acts')}:$LATEST`],
    ['000000000000:function:acts', undefined, arn('acts')],
    [arn('acts'), undefined, arn('acts')],
    [`${arn('acts')}:$LATEST`, '$LATEST', `${arn('acts')}:$LATEST`],
  ])('%s with qualifier %s', async (name, qualifier, invokedFunctionArn) => {
    const more = qualifier === undefined ? {} : { Qualifier: qualifier };
    const answer = await app.invoke(name, { act: 'context' }, more);
    expect(answer).toMatchObject({ executedVersion: '$LATEST', payload: { invokedFunctionArn } });
  });

  describe('refused', () => {
    const refused = (input: ConstructorParameters<typeof InvokeCommand>[0]) =>
      app.client.send(new InvokeCommand(input)).then(
        () => undefined,
        (error: unknown) => error,
      );

    test.each([
      ['a function that is not there', 'missing', `${arn('missing')}:$LATEST`],
      ['a version that is not there', `${arn('acts')}:7`, `${arn('acts')}:7`],
    ])('%s', async (_name, asked, named) => {
      expect(await refused({ FunctionName: asked })).toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${named}`,
        Type: 'User',
        $metadata: { httpStatusCode: 404 },
      });
    });

    test('a function of another account that does not allow it', async () => {
      const FunctionName = 'arn:aws:lambda:us-east-1:111111111111:function:acts';
      expect(await refused({ FunctionName })).toMatchObject({
        name: 'AccessDeniedException',
        $metadata: { httpStatusCode: 403 },
      });
    });

    test('a region that differs from the signed one', async () => {
      const FunctionName = 'arn:aws:lambda:eu-west-1:000000000000:function:acts';
      expect(await refused({ FunctionName })).toMatchObject({
        name: 'ResourceNotFoundException',
        message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        $metadata: { httpStatusCode: 404 },
      });
    });

    test.each([
      ['half of an object', Buffer.from('{"key":')],
      ['no UTF-8', Buffer.from([0x7b, 0x22, 0x87, 0x22, 0x7d])],
    ])('%s', async (_name, payload) => {
      expect(await refused({ FunctionName: 'acts', Payload: payload })).toMatchObject({
        name: 'InvalidRequestContentException',
        message: expect.stringMatching(/^Could not parse request body into json: Could not parse payload/),
        Type: 'User',
        $metadata: { httpStatusCode: 400 },
      });
    });

    test('more than 6 MiB, or 1 MiB for Event', async () => {
      const text = (bytes: number) => Buffer.from(`"${'x'.repeat(bytes - 2)}"`);
      expect(await refused({ FunctionName: 'acts', Payload: text(6 * mebibyte + 1) })).toMatchObject({
        name: 'RequestEntityTooLargeException',
        message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
        $metadata: { httpStatusCode: 413 },
      });
      const event = { FunctionName: 'acts', InvocationType: 'Event', Payload: text(mebibyte + 1) } as const;
      expect(await refused(event)).toMatchObject({
        message: `${mebibyte + 1} byte payload is too large for the Event invocation type (limit ${mebibyte} bytes)`,
        $metadata: { httpStatusCode: 413 },
      });
    });
  });

  test('an answer of exactly 6 MiB and 100 bytes passes, one byte more is refused, and the function goes on', async () => {
    const limit = 6 * mebibyte + 100;
    expect((await app.invoke('acts', { act: 'large', bytes: limit })).text.length).toBe(limit);
    const stream = async () => (await app.invoke('acts', { act: 'whoami' })).payload as { stream: string };
    const before = await stream();
    const more = { act: 'large', bytes: limit + 1 };
    const { payload, functionError, log } = await app.invoke('acts', more, { tail: true });
    expect({ payload, functionError }).toEqual({
      payload: {
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        errorType: 'Function.ResponseSizeTooLarge',
      },
      functionError: 'Unhandled',
    });
    expect(log).toContain('large');
    // Python's client ends at the refusal; the environment is the same, with a new process in it.
    expect((await stream()).stream).toBe(before.stream);
  });

  test('after retire the next call is cold', async () => {
    const stream = async () => {
      const { payload, log } = await app.invoke('other', { act: 'whoami' }, { tail: true });
      return { ...(payload as { stream: string; invocations: number }), report: log.at(-1) };
    };
    const before = await stream();
    await app.retire('other');
    const after = await stream();
    expect(after.invocations).toBe(1);
    expect(after.stream).not.toBe(before.stream);
    expect(before.report).not.toContain('Init Duration');
    expect(after.report).toContain('Init Duration');
  });
}
