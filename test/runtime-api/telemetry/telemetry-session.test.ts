import { RuntimeApiUnderTest } from '../../support/clients/runtime-api-client';

let api: RuntimeApiUnderTest;
let identifier: Record<string, string>;

beforeEach(async () => {
  api = await RuntimeApiUnderTest.open();
  const { headers } = await api.call('POST', '/2020-01-01/extension/register', {
    headers: { 'Lambda-Extension-Name': 'internal' },
    body: '{"events":[]}',
  });
  identifier = { 'Lambda-Extension-Identifier': String(headers['lambda-extension-identifier']) };
});

afterEach(() => api[Symbol.asyncDispose]());

const telemetry = '/2022-07-01/telemetry';
const body = JSON.stringify({
  schemaVersion: '2022-07-01',
  types: ['platform'],
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243' },
});
const logsBody = JSON.stringify({ types: ['platform'], destination: { protocol: 'TCP', port: 4_243 } });

async function subscribe(path = telemetry, content = body, headers = identifier) {
  const answer = await api.call('PUT', path, { headers, body: content });
  return [answer.status, JSON.parse(answer.body.toString())];
}

test.each([
  [telemetry, body, 'telemetry'],
  [`${telemetry}/`, body, 'telemetry'],
  ['/2020-08-15/logs', logsBody, 'logs'],
])('answers 200 and "OK" to a subscription at %s', async (path, content, name) => {
  expect(await subscribe(path, content)).toEqual([200, 'OK']);
  expect(api.heard.at(-1)).toMatchObject({
    event: 'subscribed',
    detail: { api: name, name: 'internal', kinds: ['platform'] },
  });
});

test('returns 400 with a type and the reason for an invalid subscription', async () => {
  expect(await subscribe(telemetry, '{}')).toEqual([
    400,
    { errorType: 'ValidationError', errorMessage: expect.stringContaining('schemaVersion must be one of') },
  ]);
});

test('returns 400 where the environment uses the other API', async () => {
  await subscribe();
  expect(await subscribe('/2020-08-15/logs', logsBody)).toEqual([
    400,
    { errorType: 'ValidationError', errorMessage: expect.stringContaining('Telemetry API already') },
  ]);
});

test('returns 403 without a valid identifier', async () => {
  expect(await subscribe(telemetry, body, {})).toEqual([
    403,
    expect.objectContaining({ errorType: 'Extension.MissingExtensionIdentifier' }),
  ]);
});

test('returns 403 once the runtime has asked for its first event', async () => {
  void api.call('GET', 'invocation/next').catch(() => undefined);
  await api.hear(2);
  expect(await subscribe()).toEqual([
    403,
    { errorType: 'Telemetry.SubscriptionClosed', errorMessage: 'Telemetry API subscription is closed' },
  ]);
});

test('returns 405 for other methods', async () => {
  expect((await api.call('GET', telemetry, { headers: identifier })).status).toBe(405);
});
