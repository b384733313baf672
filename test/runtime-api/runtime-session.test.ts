import { RuntimeApiUnderTest } from '../support/clients/runtime-api-client';

const delivery = {
  requestId: 'one',
  deadlineMs: 5_000,
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
  traceId: 'Root=1-0-0',
  payload: Buffer.from('{"a":1}'),
  followsClosely: false,
};

const withSnapStart = () => RuntimeApiUnderTest.open('usual', { snapStart: true });
const events = (api: RuntimeApiUnderTest) => api.heard.map(({ event }) => event);

test('a runtime with SnapStart waits for its restore until the first event, and then asks for that', async () => {
  await using api = await withSnapStart();
  const restore = api.call('GET', 'restore/next');
  await api.hear(2);
  expect(events(api)).toEqual(['restoreDue', 'parked']);
  api.link.deliver(delivery);
  expect((await restore).status).toBe(200);
  const next = await api.call('GET', 'invocation/next');
  expect(next.headers['lambda-runtime-aws-request-id']).toBe('one');
  expect(next.body.toString()).toBe('{"a":1}');
  expect(events(api)).toEqual(['restoreDue', 'parked', 'restoring', 'restored']);
  expect((await api.call('POST', 'invocation/one/response', { body: '1' })).status).toBe(202);
});

test('an error of a restore answers the invocation', async () => {
  await using api = await withSnapStart();
  const restore = api.call('GET', 'restore/next');
  await api.hear(2);
  api.link.deliver(delivery);
  await restore;
  const body = '{"errorType":"Runtime.AfterRestoreError","errorMessage":"cannot"}';
  expect((await api.call('POST', 'restore/error', { body })).status).toBe(202);
  expect(api.heard.at(-1)).toMatchObject({
    event: 'answered',
    detail: { kind: 'failed', fault: { errorType: 'Runtime.AfterRestoreError' } },
  });
});

test('returns 403 for a restore at another time', async () => {
  await using api = await withSnapStart();
  expect((await api.call('POST', 'restore/error', { body: '{}' })).status).toBe(403);
  void api.call('GET', 'invocation/next').catch(() => undefined);
  await api.hear(1);
  const { status, body } = await api.call('GET', 'restore/next');
  expect([status, JSON.parse(body.toString())]).toEqual([
    403,
    expect.objectContaining({ errorType: 'InvalidStateTransition' }),
  ]);
});

test('returns 404 for restores of functions without SnapStart', async () => {
  await using api = await RuntimeApiUnderTest.open();
  expect((await api.call('GET', 'restore/next')).status).toBe(404);
  expect((await api.call('POST', 'restore/error', { body: '{}' })).status).toBe(404);
});
