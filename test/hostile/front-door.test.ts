import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { emptyApp, sharedApp } from '../support/app/shared-app';
import { RawConnection, rawStatus } from '../support/clients/raw-http';
import { zipOf } from '../support/functions/zips';

const shared = sharedApp(() =>
  emptyApp({ settings: { allowedOrigins: 'http://app.example:5173', allowedHosts: 'lambdock.example' } }),
);
const address = () => shared.app.address;

let creation: string;
beforeAll(async () => {
  const ZipFile = (await zipOf({ 'index.py': 'handler = print' })).toString('base64');
  const role = 'arn:aws:iam::000000000000:role/any';
  creation = JSON.stringify({
    FunctionName: 'planted',
    Runtime: 'python3.13',
    Handler: 'index.handler',
    Role: role,
    Code: { ZipFile },
  });
});

/** Lines of a request, without its body. */
function head(method: string, target: string, headers: readonly string[]): string {
  return [`${method} ${target} HTTP/1.1`, ...headers, '', ''].join('\r\n');
}

function post(target: string, headers: readonly string[], body = creation): string {
  return head('POST', target, [...headers, `Content-Length: ${body.length}`]) + body;
}

const functions = '/2015-03-31/functions';
const own = 'Host: 127.0.0.1:9000';
const evil = 'Origin: https://evil.example';
const plain = 'Content-Type: text/plain';

async function deployed(): Promise<readonly (string | undefined)[]> {
  const { Functions = [] } = await shared.client.send(new ListFunctionsCommand({}));
  return Functions.map(({ FunctionName }) => FunctionName);
}

test.each<[string, () => string, number]>([
  ['a simple cross-origin POST', () => post(functions, [own, evil, plain]), 403],
  ['one from a sandboxed frame', () => post(functions, [own, 'Origin: null', plain]), 403],
  ['one without Origin', () => post(functions, [own, 'Sec-Fetch-Site: cross-site', plain]), 403],
  ['one from a page after DNS rebinding', () => post(functions, ['Host: evil.example:9000', plain]), 403],
  [
    'one from such a page that is its own origin',
    () => post(functions, ['Host: evil.example:9000', 'Origin: http://evil.example:9000']),
    403,
  ],
  ['one in absolute form', () => post(`http://127.0.0.1:9000${functions}`, ['Host: evil.example']), 403],
  ['one in absolute form to a foreign host', () => post(`http://evil.example${functions}`, [own]), 400],
  ['one with two hosts', () => post(functions, [own, 'Host: evil.example']), 403],
  ['one with no host', () => post(functions, ['X: y']), 400],
  ['one without a host by HTTP/1.0', () => post(functions, []).replace('HTTP/1.1', 'HTTP/1.0'), 403],
  [
    'one in chunks that never end',
    () => head('POST', functions, [own, evil, 'Transfer-Encoding: chunked']),
    403,
  ],
  [
    'one whose body does not come',
    () => head('POST', functions, [own, evil, 'Content-Length: 70000000']),
    403,
  ],
  ['one that wants to be continued', () => head('POST', functions, [own, evil, 'Expect: 100-continue']), 100],
  ['one to a function URL', () => post(functions, ['Host: a1.lambda-url.us-east-1.localhost:9000']), 404],
  [
    'a foreign upgrade',
    () => head('GET', '/_lambdock/logs', [own, evil, 'Connection: Upgrade', 'Upgrade: websocket']),
    403,
  ],
  ['a foreign HEAD', () => head('HEAD', functions, [own, evil]), 403],
  [
    'a foreign preflight',
    () => head('OPTIONS', functions, [own, evil, 'Access-Control-Request-Method: POST']),
    403,
  ],
  ['a foreign reload', () => post('/_lambdock/reload', [own, evil], ''), 403],
  ['a foreign retire', () => post('/_lambdock/functions/x/retire', [own, evil], ''), 403],
  ['rebound reading of code', () => head('GET', `${functions}/x`, ['Host: evil.example']), 403],
  ['rebound reading of logs', () => head('GET', '/_lambdock/logs', ['Host: evil.example']), 403],
  ['rebound reading of health', () => head('GET', '/_lambdock/health', ['Host: evil.example']), 403],
])('refuses %s', async (_what, bytes, expected) => {
  expect(await rawStatus(address(), bytes())).toBe(expected);
  expect(await deployed()).toEqual([]);
});

test('ends the connection of a refused request, so that its body is not read as the next one', async () => {
  using connection = await RawConnection.open(address());
  connection.write(head('POST', functions, [own, evil, 'Content-Length: 70000000']));
  expect(await connection.status()).toBe(403);
  await connection.closed;
  expect(connection.text).toMatch(/^Connection: close\r$/m);
  expect(connection.text).toContain('AccessDeniedException');
  expect(connection.text).toContain('allowedOrigins');
});

test('pages of an allowed origin get a preflight and answers that they may read', async () => {
  const headers = { origin: 'http://app.example:5173', 'sec-fetch-site': 'cross-site' };
  const preflight = await fetch(`${address()}${functions}`, {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'http://app.example:5173',
  ]);
  const listed = await fetch(`${address()}${functions}`, { headers });
  expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([
    200,
    'http://app.example:5173',
  ]);
});

test('a host name that was allowed answers', async () => {
  expect(await rawStatus(address(), head('GET', functions, ['Host: lambdock.example']))).toBe(200);
});

test('no request of a page gets through, however it is written', async () => {
  const target = fc.constantFrom(
    functions,
    `${functions}/`,
    '/_lambdock/reload',
    `/${functions}`,
    '/_lambdock//reload',
  );
  const marks = fc.constantFrom(
    [own, evil],
    [evil, own],
    [own, 'oRiGiN: https://evil.example'],
    [own, 'Origin:https://evil.example'],
    [own, 'Origin: http://127.0.0.1:9000', evil],
    [own, 'Origin: http://127.0.0.1:9001'],
    [own, 'Origin: http://127.0.0.1:9000'],
    [own, 'Origin:'],
    [own, 'Sec-Fetch-Site: cross-site'],
    [own, 'Sec-Fetch-Site: same-site'],
    [own, 'sec-fetch-site: same-origin', 'sec-fetch-site: cross-site'],
    ['Host: evil.example'],
    ['Host: evil.example', own],
    [own, 'Host: evil.example'],
    ['Host: 127.0.0.1.evil.example'],
    ['Host: user@127.0.0.1'],
    ['Host:'],
  );
  const noise = fc.subarray(
    [
      plain,
      'Connection: keep-alive',
      'Referer: http://127.0.0.1:9000/',
      'Cookie: a=b',
      'X-Lambdock-Token: x',
      'X-Forwarded-Host: 127.0.0.1:9000',
      'Forwarded: host=localhost',
    ],
    { minLength: 0 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH'),
      target,
      marks,
      noise,
      async (method, path, host, more) => {
        const headers = [...more, ...host, `Content-Length: ${creation.length}`];
        const status = await rawStatus(address(), head(method, path, headers) + creation);
        expect([400, 403]).toContain(status);
      },
    ),
    { numRuns: 300 },
  );
  expect(await deployed()).toEqual([]);
});

test('bytes that are no request are answered or cut off, and the next caller is served', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'GET / HTTP/1.1',
      'Host: localhost',
      'Content-Length: -1',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: x',
      '\0',
      'Host: a\tb',
      `X: ${'y'.repeat(20_000)}`,
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      using connection = await RawConnection.open(address());
      connection.write(`${lines.join('\r\n')}\r\n\r\n\r\n`);
      connection.write('GET /2015-03-31/functions HTTP/1.1\r\n\r\n');
      await connection.status();
      expect(connection.text).not.toMatch(/ 500 /);
    }),
    { numRuns: 200 },
  );
  expect((await fetch(`${address()}/_lambdock/health`)).status).toBe(200);
});
