import { once } from 'node:events';
import type { Delivery } from '../../src/execution/runtime-link';
import { type Form, RuntimeApiUnderTest } from '../support/clients/runtime-api-client';

const id = '8476a536-e9f4-11e8-9739-2dfe598c3fcd';
const delivery: Delivery = {
  requestId: id,
  deadlineMs: 1_542_409_706_888,
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
  traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
  payload: Buffer.from('{"a":1}'),
  followsClosely: false,
};
const limit = 6_291_556;

const parsed = (body: Buffer) => JSON.parse(body.toString()) as unknown;

describe.each<Form>(['usual', 'unusual'])('with clients whose requests are %s', (form) => {
  /** A runtime that has taken the event. */
  async function running(followsClosely = false): Promise<RuntimeApiUnderTest> {
    const api = await RuntimeApiUnderTest.open(form);
    const next = api.call('GET', 'invocation/next');
    await api.hear(1);
    api.link.deliver({ ...delivery, followsClosely });
    await next;
    return api;
  }

  test('next waits and then gives the event with its headers, exactly as clients need them', async () => {
    await using api = await RuntimeApiUnderTest.open(form);
    const next = api.call('GET', 'invocation/next');
    await api.hear(1);
    expect(api.heard).toEqual([{ event: 'parked' }]);
    api.link.deliver({
      ...delivery,
      clientContext: '{"custom":{"city":"Kraków"}}',
      cognitoIdentity: '{"cognitoIdentityId":"x"}',
    });
    const { status, headers, body } = await next;
    expect(status).toBe(200);
    expect(body.toString()).toBe('{"a":1}');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': '1542409706888',
      'lambda-runtime-invoked-function-arn': delivery.invokedFunctionArn,
      'lambda-runtime-trace-id': delivery.traceId,
      'lambda-runtime-cognito-identity': '{"cognitoIdentityId":"x"}',
    });
    const context = Buffer.from(String(headers['lambda-runtime-client-context']), 'latin1').toString('utf8');
    expect(JSON.parse(context)).toEqual({ custom: { city: 'Kraków' } });
  });

  test('a response of bytes with a length and one in chunks both arrive unchanged', async () => {
    for (const body of [Buffer.from([0, 255, 1]), [Buffer.from([0, 255]), Buffer.from([1])]]) {
      await using api = await running();
      const answer = await api.call('POST', `invocation/${id}/response`, {
        body,
        headers: { 'content-type': 'application/unknown' },
      });
      expect(answer.status).toBe(202);
      expect(parsed(answer.body)).toEqual({ status: 'OK' });
      expect(api.heard[1]).toEqual({
        event: 'answered',
        detail: { kind: 'succeeded', payload: Buffer.from([0, 255, 1]), contentType: 'application/unknown' },
      });
    }
  });

  test('passes the response on before it confirms it to the runtime, and after that where events follow each other', async () => {
    for (const followsClosely of [false, true]) {
      await using api = await running(followsClosely);
      expect((await api.call('POST', `invocation/${id}/response`, { body: '1' })).status).toBe(202);
      expect(api.sentWhenHeard > 0).toBe(followsClosely);
    }
  });

  test('passes the document of an error unchanged to the caller, and reads the type from it', async () => {
    await using api = await running();
    const document = '{"errorMessage":"no","errorType":"ValueError","stackTrace":[]}';
    const answer = await api.call('POST', `invocation/${id}/error`, {
      body: document,
      headers: { 'lambda-runtime-function-xray-error-cause': 'x'.repeat(1_000_000) },
    });
    expect(answer.status).toBe(202);
    expect(api.heard[1]?.detail).toEqual({
      kind: 'failed',
      payload: Buffer.from(document),
      fault: {
        status: 'error',
        errorType: 'ValueError',
        document: Buffer.from(document),
        postedByRuntime: true,
      },
    });
  });

  test.each([
    ['Runtime.BadThing', 'Runtime.BadThing'],
    ['Function.bad', 'Function.Unknown'],
    ['unhandled', 'Runtime.Unknown'],
  ])('without a type in the document the header %s counts as %s', async (header, errorType) => {
    await using api = await running();
    await api.call('POST', `invocation/${id}/error`, {
      body: '{}',
      headers: { 'lambda-runtime-function-error-type': header },
    });
    expect(api.heard[1]?.detail).toMatchObject({ fault: { errorType } });
  });

  test('a streamed response that ends in error trailers is an error', async () => {
    await using api = await running();
    const document = '{"errorType":"Error","errorMessage":"midway"}';
    const answer = await api.call('POST', `invocation/${id}/response`, {
      headers: {
        'lambda-runtime-function-response-mode': 'streaming',
        trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
        'transfer-encoding': 'chunked',
      },
      body: [Buffer.from('some')],
      trailers: {
        'Lambda-Runtime-Function-Error-Type': 'Error',
        'Lambda-Runtime-Function-Error-Body': Buffer.from(document).toString('base64'),
      },
    });
    expect(answer.status).toBe(202);
    expect(api.heard[1]?.detail).toMatchObject({ kind: 'failed', payload: Buffer.from(document) });
  });

  test.each([
    ['with a mode', { 'lambda-runtime-function-response-mode': 'streaming' }],
    ['in chunks without a mode, as of Go', {}],
  ])('a response %s passes on to the sink as it comes, and waits where that has no room', async (_, mode) => {
    const written: string[] = [];
    const drains: (() => void)[] = [];
    const sink = {
      begin: (contentType: string) => void written.push(contentType),
      write: (chunk: Buffer) => {
        written.push(chunk.toString());
        return written.length > 2;
      },
      onDrain: (callback: () => void) => void drains.push(callback),
    };
    await using api = await RuntimeApiUnderTest.open(form);
    const next = api.call('GET', 'invocation/next');
    await api.hear(1);
    api.link.deliver({ ...delivery, sink });
    await next;
    const answer = api.call('POST', `invocation/${id}/response`, {
      headers: {
        'content-type': 'text/plain',
        ...mode,
        'transfer-encoding': 'chunked',
      },
      body: [Buffer.from('one'), Buffer.from('two')],
    });
    while (drains.length === 0) await new Promise((resolve) => setImmediate(resolve));
    drains[0]?.();
    expect((await answer).status).toBe(202);
    expect(written[0]).toBe('text/plain');
    expect(written.slice(1).join('')).toBe('onetwo');
    expect(api.heard[1]).toMatchObject({ event: 'answered', detail: { kind: 'succeeded' } });
  });

  test('accepts a response of 6,291,556 bytes, and refuses one byte more towards runtime and caller', async () => {
    await using fits = await running();
    expect(
      (await fits.call('POST', `invocation/${id}/response`, { body: Buffer.alloc(limit, 'x') })).status,
    ).toBe(202);
    expect(fits.heard[1]?.detail).toMatchObject({ kind: 'succeeded' });

    await using large = await running();
    const refused = await large.call('POST', `invocation/${id}/response`, {
      body: Buffer.alloc(limit + 1, 'x'),
    });
    expect(refused.status).toBe(413);
    expect(parsed(refused.body)).toEqual({
      errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
      errorType: 'RequestEntityTooLarge',
    });
    const { detail } = large.heard[1] as { detail: { payload: Buffer } };
    expect(detail.payload.toString()).toBe(
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    );
    // The environment stays usable: the runtime goes on to its next event.
    const next = large.call('GET', 'invocation/next');
    await large.hear(3);
    large.link.deliver(delivery);
    expect((await next).status).toBe(200);
  });

  describe('what the state machine refuses', () => {
    const transition = (from: string, to: string) => ({
      errorMessage: `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
      errorType: 'InvalidStateTransition',
    });

    test('an id that is not under way: 400, before any look at the state', async () => {
      await using api = await running();
      for (const action of ['response', 'error']) {
        const answer = await api.call('POST', `invocation/other/${action}`, { body: '1' });
        expect([answer.status, parsed(answer.body)]).toEqual([
          400,
          { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' },
        ]);
      }
    });

    test('a second answer: 403 until the next poll, then the id is unknown', async () => {
      await using api = await running();
      await api.call('POST', `invocation/${id}/response`, { body: '1' });
      const again = await api.call('POST', `invocation/${id}/response`, { body: '2' });
      expect([again.status, parsed(again.body)]).toEqual([
        403,
        transition('RuntimeResponseSentState', 'InvocationResponse'),
      ]);
      const error = await api.call('POST', `invocation/${id}/error`, { body: '{}' });
      expect(parsed(error.body)).toEqual(transition('RuntimeResponseSentState', 'InvocationErrorResponse'));
      const next = api.call('GET', 'invocation/next');
      await api.hear(3);
      expect((await api.call('POST', `invocation/${id}/response`, { body: '3' })).status).toBe(400);
      api.link.deliver(delivery);
      await next;
      expect(api.heard.map(({ event }) => event)).toEqual(['parked', 'answered', 'parked']);
    });

    test('an init error while an event is under way', async () => {
      await using api = await running();
      const answer = await api.call('POST', 'init/error', { body: '{}' });
      expect([answer.status, parsed(answer.body)]).toEqual([403, transition('Running', 'InitError')]);
    });

    test('a poll after an init error', async () => {
      await using api = await RuntimeApiUnderTest.open(form);
      const document =
        '{"errorType":"Runtime.ImportModuleError","errorMessage":"no module","requestId":"","stackTrace":[]}';
      expect((await api.call('POST', 'init/error', { body: document })).status).toBe(202);
      expect(api.heard[0]).toMatchObject({
        event: 'initFailed',
        detail: { errorType: 'Runtime.ImportModuleError', document: Buffer.from(document) },
      });
      const answer = await api.call('GET', 'invocation/next');
      expect([answer.status, parsed(answer.body)]).toEqual([403, transition('InitError', 'Ready')]);
    });

    test('a response mode other than streaming, after which the event can still be answered', async () => {
      await using api = await running();
      const answer = await api.call('POST', `invocation/${id}/response`, {
        body: '1',
        headers: { 'lambda-runtime-function-response-mode': 'buffered' },
      });
      expect([answer.status, parsed(answer.body)]).toEqual([
        400,
        { errorMessage: 'Invalid function response mode', errorType: 'InvalidFunctionResponseMode' },
      ]);
      expect((await api.call('POST', `invocation/${id}/response`, { body: '1' })).status).toBe(202);
    });

    test.each([
      ['GET', 'nothing', 404],
      ['POST', 'invocation/next', 405],
      ['GET', 'init/error', 405],
      ['GET', `invocation/${id}/response`, 405],
    ])('%s %s: %i', async (method, path, status) => {
      await using api = await RuntimeApiUnderTest.open(form);
      expect((await api.call(method, path)).status).toBe(status);
    });
  });

  test('a poll while an event is under way gives the same event again', async () => {
    await using api = await running();
    const again = await api.call('GET', 'invocation/next');
    expect(again.headers['lambda-runtime-aws-request-id']).toBe(id);
    expect(api.heard).toHaveLength(1);
  });

  test('gives an event to the next poll when its own broke off', async () => {
    await using api = await RuntimeApiUnderTest.open(form);
    const socket = await api.socket();
    socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n');
    await api.hear(1);
    socket.destroy();
    await once(socket, 'close');
    const next = api.call('GET', 'invocation/next');
    api.link.deliver(delivery);
    expect((await next).headers['lambda-runtime-aws-request-id']).toBe(id);
  });

  test('an incomplete response is not an answer; the runtime may send it again', async () => {
    await using api = await running();
    const socket = await api.socket();
    socket.write(
      `POST /2018-06-01/runtime/invocation/${id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`,
    );
    const early = api.call('POST', `invocation/${id}/error`, { body: '{}' });
    await early;
    socket.destroy();
    await once(socket, 'close');
    const answers = [await early];
    while (answers.at(-1)?.status === 403)
      answers.push(await api.call('POST', `invocation/${id}/error`, { body: '{}' }));
    expect(answers.at(-1)?.status).toBe(202);
  });

  test('a client that sends an empty Expect header is served', async () => {
    await using api = await RuntimeApiUnderTest.open(form);
    const socket = await api.socket();
    socket.write(
      'POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nExpect: \r\nContent-Length: 2\r\n\r\n{}',
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 202 /);
    socket.destroy();
  });

  test('a restart resets the state machine and drops open requests', async () => {
    await using api = await running();
    api.link.restart();
    const next = api.call('GET', 'invocation/next');
    await api.hear(2);
    expect(api.heard.map(({ event }) => event)).toEqual(['parked', 'parked']);
    api.link.deliver({ ...delivery, requestId: 'second' });
    expect((await next).headers['lambda-runtime-aws-request-id']).toBe('second');
    expect((await api.call('POST', `invocation/${id}/response`, { body: '1' })).status).toBe(400);
  });

  test('two environments have nothing in common', async () => {
    await using one = await running();
    await using other = await RuntimeApiUnderTest.open(form);
    expect((await other.call('POST', `invocation/${id}/response`, { body: '1' })).status).toBe(400);
    expect(one.heard).toHaveLength(1);
    expect(other.heard).toHaveLength(0);
  });
});
