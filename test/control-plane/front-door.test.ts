import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { FrontDoor } from '../../src/control-plane/front-door';

const door = new FrontDoor({
  allowedHosts: ['lambdock.example.com', '*.example.org'],
  allowedOrigins: ['http://localhost:5173'],
  ownNames: ['lambdock', 'lambdock.project_default'],
  token: 'secret',
});

type Headers = Readonly<Record<string, string | undefined>>;

function request(headers: Headers, more: { readonly method?: string; readonly url?: string } = {}) {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    method: 'POST',
    url: '/2015-03-31/functions',
    headers: Object.fromEntries(given),
    rawHeaders: given.flat(),
    ...more,
  } as unknown as IncomingMessage;
}

/** `api`, `function-url`, or the status of the refusal. */
function admitted(headers: Headers, more?: Parameters<typeof request>[1], by = door): string | number {
  try {
    return by.admit(request(headers, more));
  } catch (error) {
    return (error as { status: number }).status;
  }
}

test.each([
  'localhost',
  'localhost:9000',
  'LOCALHOST:9000',
  'localhost.:9000',
  'emulator.localhost',
  '127.0.0.1:9000',
  '10.1.2.3',
  '[::1]:9000',
  '[fd00::2]',
  'host.docker.internal:9000',
  'host.containers.internal',
  'lambdock:9000',
  'lambdock.project_default:9000',
  'lambdock.example.com',
  'a.b.example.org:80',
])('takes requests for the host %s', (host) => {
  expect(admitted({ host })).toBe('api');
  expect(admitted({ host })).toBe('api'); // as remembered
});

test.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'lambdock.evil.example',
  'evil-example.org',
  'example.org.evil.example',
  'xlocalhost',
  '[::1].evil.example',
  '[::1]evil',
  '[evil.example]',
  '127.0.0.1@evil.example',
  'evil.example#.localhost',
  'evil.example/.localhost',
  'localhost:9000:9000',
  'localhost:abc',
  '256.0.0.1',
  '0x7f.1',
  'localhost..',
  'localhost, evil.example',
])('refuses requests for the host %s', (host) => {
  expect(admitted({ host })).toBe(403);
});

test('a host is refused unless it is an address, below localhost, or one of the known names', () => {
  const suffixes = ['', '.localhost', '.evil.example', ':9000', '.localhost:1', '@localhost', '.'];
  const name = fc.oneof(fc.domain(), fc.webAuthority(), fc.string(), fc.ipV4(), fc.constant('localhost'));
  fc.assert(
    fc.property(name, fc.constantFrom(...suffixes), (start, suffix) => {
      const host = `${start}${suffix}`;
      const bare = host
        .replace(/:\d{1,5}$/, '')
        .replace(/\.$/, '')
        .toLowerCase();
      const known =
        /^(\d{1,3}\.){3}\d{1,3}$/.test(bare) ||
        bare === 'localhost' ||
        (/^[a-z0-9._-]+$/.test(bare) && bare.endsWith('.localhost')) ||
        (/^[a-z0-9._-]+$/.test(bare) && bare.endsWith('.example.org'));
      const verdict = admitted({ host });
      if (!known) expect([host, verdict]).toEqual([host, 403]);
    }),
  );
});

test('a host name of a function URL leads to its function only', () => {
  const host = 'abc123.lambda-url.us-east-1.localhost:9000';
  expect(admitted({ host })).toBe('function-url');
  expect(admitted({ host, origin: 'https://app.example', 'sec-fetch-site': 'cross-site' })).toBe(
    'function-url',
  );
});

test('two Host headers are refused, whatever they say', () => {
  const twice = {
    ...request({ host: 'localhost' }),
    rawHeaders: ['Host', 'localhost', 'hOST', 'evil.example'],
  };
  expect(() => door.admit(twice as unknown as IncomingMessage)).toThrow(/more than one Host/);
});

test.each(['http://evil.example/2015-03-31/functions', '*', 'evil.example:443'])(
  'the request target %s is refused',
  (url) => {
    expect(admitted({ host: 'localhost' }, { url })).toBe(400);
  },
);

const host = 'localhost:9000';

test.each<[string, Headers, string?]>([
  ['a foreign origin', { origin: 'https://evil.example' }],
  ['a foreign origin that reads', { origin: 'https://evil.example' }, 'GET'],
  ['a foreign preflight', { origin: 'https://evil.example' }, 'OPTIONS'],
  ['no origin that can be named', { origin: 'null' }],
  ['another port of this host', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
  ['another scheme', { origin: 'ws://localhost:9000' }],
  ['two origins', { origin: 'http://localhost:9000, https://evil.example' }],
  ['a cross-site request without an origin', { 'sec-fetch-site': 'cross-site' }, 'GET'],
  ['a same-site request without an origin', { 'sec-fetch-site': 'same-site' }, 'GET'],
  ['an own origin that came cross-site', { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' }, 'GET'],
  ['an empty origin', { origin: '' }],
  ['a value of Sec-Fetch-Site that does not exist', { 'sec-fetch-site': 'elsewhere' }, 'GET'],
])('refuses %s', (_what, headers, method = 'POST') => {
  expect(admitted({ host, ...headers }, { method })).toBe(403);
});

test('the page’s own origin reads freely, and changes things with the token alone', () => {
  const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
  expect(admitted({ host, 'sec-fetch-site': 'same-origin' }, { method: 'GET' })).toBe('api');
  expect(admitted({ host, 'sec-fetch-site': 'none' }, { method: 'GET' })).toBe('api');
  expect(admitted(own, { method: 'GET' })).toBe('api');
  expect(admitted(own)).toBe(403);
  expect(admitted({ ...own, 'x-lambdock-token': 'wrong' })).toBe(403);
  expect(admitted({ ...own, 'x-lambdock-token': 'secret' })).toBe('api');
});

test('origins that were allowed may do everything', () => {
  const headers = { host, origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' };
  expect(admitted(headers)).toBe('api');
  const any = new FrontDoor({ allowedHosts: ['*'], allowedOrigins: ['*'], ownNames: [], token: '' });
  expect(admitted({ host: 'any.example', origin: 'https://app.example' }, {}, any)).toBe('api');
});

test('clients that are no browsers need nothing', () => {
  // Node's own fetch sends this one and no site.
  expect(admitted({ host, 'sec-fetch-mode': 'cors' })).toBe('api');
});
