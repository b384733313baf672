import { RuntimeApiUnderTest } from '../../support/clients/runtime-api-client';

let api: RuntimeApiUnderTest;

beforeEach(async () => {
  api = await RuntimeApiUnderTest.open();
  api.link.expectExtensions(['observer']);
});

afterEach(() => api[Symbol.asyncDispose]());

const prefix = '/2020-01-01/extension';

function register(name: string, body: string, headers: Record<string, string> = {}) {
  return api.call('POST', `${prefix}/register`, {
    headers: { 'Lambda-Extension-Name': name, ...headers },
    body,
  });
}

async function registered(name: string, events: readonly string[]): Promise<Record<string, string>> {
  const { status, headers } = await register(name, JSON.stringify({ events }));
  expect(status).toBe(200);
  return { 'Lambda-Extension-Identifier': String(headers['lambda-extension-identifier']) };
}

const delivery = {
  requestId: 'request-1',
  deadlineMs: 5_000,
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
  traceId: 'Root=1-0-0',
  payload: Buffer.from('{}'),
  followsClosely: false,
};

test('registration answers with the function, and an identifier in a header', async () => {
  const { status, headers, body } = await register('observer', '{"events":["INVOKE","SHUTDOWN"]}');
  expect(status).toBe(200);
  expect(headers['lambda-extension-identifier']).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(body.toString())).toEqual({
    functionName: 'hello',
    functionVersion: '$LATEST',
    handler: 'app.handler',
  });
  await api.hear(1);
  expect(api.heard).toEqual([{ event: 'extensionRegistered', detail: 'extension/observer' }]);
});

test('the account id is in the answer for those that accept it', async () => {
  const { body } = await register('observer', '{"events":[]}', {
    'Lambda-Extension-Accept-Feature': 'other, accountId',
  });
  expect(JSON.parse(body.toString())).toMatchObject({ accountId: '000000000000' });
});

test.each([
  ['an empty name', '', '{}', 'Extension.InvalidExtensionName', 'Empty extension name'],
  ['a body that is not JSON', 'observer', '{', 'InvalidRequestFormat', 'The body is not valid JSON'],
  [
    'configuration keys',
    'observer',
    '{"configurationKeys":["a"]}',
    'InvalidRequestFormat',
    'configurationKeys are deprecated; use environment variables instead',
  ],
  [
    'an unknown event',
    'observer',
    '{"events":["FOO"]}',
    'Extension.InvalidEventType',
    'FOO: ErrorInvalidEventType',
  ],
  [
    'SHUTDOWN for an internal extension',
    'inside',
    '{"events":["SHUTDOWN"]}',
    'Extension.InvalidEventType',
    'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension',
  ],
])('refuses %s with 403', async (_, name, body, errorType, errorMessage) => {
  const answer = await register(name, body);
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body.toString())).toEqual({ errorMessage, errorType });
});

test('refuses a name that has registered, the eleventh extension, and registration after the first event', async () => {
  await registered('observer', []);
  const again = await register('observer', '{}');
  expect(JSON.parse(again.body.toString())).toEqual({
    errorType: 'Extension.InvalidExtensionState',
    errorMessage:
      'State transition from Registered to Registered failed for extension observer. Error: State transition is not allowed',
  });
  for (let count = 2; count <= 10; count += 1) await registered(`inside-${count}`, []);
  const eleventh = await register('inside-11', '{}');
  expect(JSON.parse(eleventh.body.toString())).toMatchObject({ errorType: 'Extension.TooManyExtensions' });
});

test('refuses registration once the runtime has asked for its first event', async () => {
  void api.call('GET', '/2018-06-01/runtime/invocation/next', {}).catch(() => undefined);
  await api.hear(1);
  const late = await register('observer', '{}');
  expect(JSON.parse(late.body.toString())).toMatchObject({ errorType: 'Extension.RegistrationClosed' });
});

test('gives INVOKE to those that subscribed to it, and none to others', async () => {
  const observer = await registered('observer', ['INVOKE', 'SHUTDOWN']);
  const inside = await registered('inside', []);
  const next = api.call('GET', `${prefix}/event/next`, { headers: observer });
  void api.call('GET', `${prefix}/event/next`, { headers: inside }).catch(() => undefined);
  await api.hear(4);
  expect(api.link.participants).toEqual(new Set(['runtime', 'extension/observer']));
  expect(api.link.extensions).toEqual({ external: new Set(['extension/observer']), hasInternal: true });
  api.link.deliver(delivery);
  const { status, headers, body } = await next;
  expect(status).toBe(200);
  expect(headers['lambda-extension-event-identifier']).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(body.toString())).toEqual({
    eventType: 'INVOKE',
    deadlineMs: 5_000,
    requestId: 'request-1',
    invokedFunctionArn: delivery.invokedFunctionArn,
    tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-0-0' },
  });
});

test('gives SHUTDOWN also to one that asks for it later, and names those that did not subscribe', async () => {
  api.link.expectExtensions(['observer', 'deaf']);
  const observer = await registered('observer', ['SHUTDOWN']);
  await registered('deaf', ['INVOKE']);
  expect(api.link.shutDownExtensions('timeout', 7_000)).toEqual(['deaf']);
  const { body } = await api.call('GET', `${prefix}/event/next`, { headers: observer });
  expect(JSON.parse(body.toString())).toEqual({
    eventType: 'SHUTDOWN',
    deadlineMs: 7_000,
    shutdownReason: 'timeout',
  });
});

test.each([
  [{}, 'Extension.MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header'],
  [
    { 'Lambda-Extension-Identifier': 'x' },
    'Extension.InvalidExtensionIdentifier',
    'Invalid Lambda-Extension-Identifier',
  ],
  [
    { 'Lambda-Extension-Identifier': '00000000-0000-4000-8000-000000000000' },
    'Extension.UnknownExtensionIdentifier',
    'Unknown extension 00000000-0000-4000-8000-000000000000',
  ],
])('asking for an event with %j is refused', async (headers, errorType, errorMessage) => {
  const { status, body } = await api.call('GET', `${prefix}/event/next`, { headers });
  expect(status).toBe(403);
  expect(JSON.parse(body.toString())).toEqual({ errorMessage, errorType });
});

test('an error that an extension reports is accepted, also again, and ends its requests for events', async () => {
  const observer = await registered('observer', []);
  const headers = { ...observer, 'Lambda-Extension-Function-Error-Type': 'Extension.NoConfig' };
  for (let time = 0; time < 2; time += 1) {
    const { status, body } = await api.call('POST', `${prefix}/init/error`, { headers, body: '{}' });
    expect([status, body.toString()]).toEqual([202, '{"status":"OK"}']);
  }
  await api.hear(2);
  expect(api.heard[1]).toEqual({
    event: 'extensionFailed',
    detail: { status: 'error', errorType: 'Extension.InitError', message: 'Extension.NoConfig' },
  });
  const next = await api.call('GET', `${prefix}/event/next`, { headers: observer });
  expect(JSON.parse(next.body.toString())).toMatchObject({ errorType: 'Extension.InvalidExtensionState' });
  const untyped = await api.call('POST', `${prefix}/exit/error`, { headers: observer });
  expect(JSON.parse(untyped.body.toString())).toMatchObject({ errorType: 'Extension.MissingHeader' });
});

test('an unknown path is 404, another method 405', async () => {
  expect((await api.call('GET', `${prefix}/nothing`, {})).status).toBe(404);
  expect((await api.call('GET', `${prefix}/register`, {})).status).toBe(405);
});
