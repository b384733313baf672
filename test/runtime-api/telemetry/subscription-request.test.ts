import { subscriptionOf } from '../../../src/runtime-api/telemetry/subscription-request';

const http = { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243/events' };
const request = { schemaVersion: '2022-07-01', types: ['platform', 'function'], destination: http };

const read = (body: unknown, api: 'telemetry' | 'logs' = 'telemetry') =>
  subscriptionOf(api, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

test('a subscription has Lambda`s default bounds where it names none', () => {
  expect(read(request)).toEqual({
    api: 'telemetry',
    schemaVersion: '2022-07-01',
    kinds: ['platform', 'function'],
    buffering: { maxItems: 1_000, maxBytes: 262_144, timeoutMs: 1_000 },
    destination: { protocol: 'HTTP', port: 4_243, path: '/events', method: 'POST' },
  });
});

test('the Logs API needs no schema version, keeps more items, and names a TCP listener by its port', () => {
  expect(read({ types: ['extension'], destination: { protocol: 'TCP', port: 4_243 } }, 'logs')).toEqual({
    api: 'logs',
    schemaVersion: '2020-08-15',
    kinds: ['extension'],
    buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1_000 },
    destination: { protocol: 'TCP', port: 4_243 },
  });
});

test.each([
  ['http://sandbox:80', { port: 80, path: '/' }],
  ['http://sandbox.localdomain', { port: 80, path: '/' }],
  ['http://sandbox.localdomain:1234/a?b=c', { port: 1_234, path: '/a?b=c' }],
])('an HTTP listener at %s', (URI, expected) => {
  expect(read({ ...request, destination: { protocol: 'HTTP', URI } }).destination).toMatchObject(expected);
});

test('a TCP listener of the Telemetry API has a URI', () => {
  const destination = { protocol: 'TCP', URI: 'tcp://sandbox.localdomain:4243' };
  expect(read({ ...request, destination }).destination).toEqual({ protocol: 'TCP', port: 4_243 });
});

test.each([
  ['a body that is no JSON', '{', 'The body is not valid JSON'],
  ['a list', [], 'The body must be a JSON object'],
  ['no schema version', { ...request, schemaVersion: undefined }, 'schemaVersion must be one of'],
  ['the Logs API`s schema version', { ...request, schemaVersion: '2021-03-18' }, 'got "2021-03-18"'],
  ['no types', { ...request, types: [] }, 'types must be a non-empty list'],
  ['an unknown type', { ...request, types: ['platform', 'other'] }, 'types must be a non-empty list'],
  ['no destination', { ...request, destination: undefined }, 'destination must be an object, got nothing'],
  ['another protocol', { ...request, destination: { ...http, protocol: 'UDP' } }, 'HTTP or TCP, got "UDP"'],
  [
    'another host',
    { ...request, destination: { ...http, URI: 'http://example.com:80' } },
    'sandbox.localdomain:PORT',
  ],
  [
    'the port of the Runtime API',
    { ...request, destination: { ...http, URI: 'http://sandbox:9001' } },
    'got 9001',
  ],
  [
    'a TCP listener without a port',
    { ...request, destination: { protocol: 'TCP', URI: 'tcp://sandbox' } },
    'port must be',
  ],
  ['another method', { ...request, destination: { ...http, method: 'GET' } }, 'POST or PUT, got "GET"'],
  ['another encoding', { ...request, destination: { ...http, encoding: 'XML' } }, 'must be JSON, got "XML"'],
  [
    'too few items',
    { ...request, buffering: { maxItems: 999 } },
    'maxItems must be an integer from 1000 to 10000, got 999',
  ],
  [
    'too many bytes',
    { ...request, buffering: { maxBytes: 1_048_577 } },
    'from 262144 to 1048576, got 1048577',
  ],
  ['too short a timeout', { ...request, buffering: { timeoutMs: 24 } }, 'from 25 to 30000, got 24'],
  ['a timeout that is a text', { ...request, buffering: { timeoutMs: '100' } }, 'got "100"'],
])('refuses %s', (_case, body, message) => {
  expect(() => read(body)).toThrow(message);
});
