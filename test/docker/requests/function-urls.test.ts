import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { CreateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';
import { pythonFunction } from '../../support/functions/python-function';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let folder: TemporaryFolder;
const hosts = new Map<string, string>();

const code = `
def handler(event, context):
    path = event['rawPath']
    if path == '/event':
        return event
    if path == '/fail':
        raise ValueError('no')
    return {
        'statusCode': 202,
        'headers': {'Content-Type': 'text/plain', 'X-Custom': 'yes', 'X-Path': path},
        'cookies': ['a=1', 'b=2; Secure'],
        'body': 'plain',
    }
`;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const python = await pythonFunction(folder.path, code, 'handler');
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      open: python,
      signed: python,
      page: {
        ...python,
        runtime: 'nodejs22.x',
        handler: 'index.page',
        code: functionsFolder('streaming'),
      },
    },
  });
  const urls = [
    ['open', { AuthType: 'NONE', Cors: { AllowOrigins: ['https://app.example'], AllowMethods: ['*'] } }],
    ['signed', { AuthType: 'AWS_IAM' }],
    ['page', { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }],
  ] as const;
  for (const [FunctionName, config] of urls) {
    const { FunctionUrl = '' } = await app.client.send(
      new CreateFunctionUrlConfigCommand({
        FunctionName,
        ...config,
        ...('Cors' in config && {
          Cors: { AllowOrigins: [...config.Cors.AllowOrigins], AllowMethods: [...config.Cors.AllowMethods] },
        }),
      } as ConstructorParameters<typeof CreateFunctionUrlConfigCommand>[0]),
    );
    hosts.set(FunctionName, new URL(FunctionUrl).host);
  }
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** By the URL's own host name, which a browser would look up as this machine. */
function send(
  name: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.address);
    const headers = { Host: hosts.get(name), ...options.headers };
    const request = httpRequest({ hostname, port, path, method: options.method ?? 'GET', headers });
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(options.body);
  });
}

test('an event of format 2.0 holds the request', async () => {
  const { status, text } = await send('open', '/event?a=1&a=2&b=%20', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: 'x=1; y=2', 'X-Mixed': 'Case' },
    body: '{"hello":"world"}',
  });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/event',
    rawQueryString: 'a=1&a=2&b=%20',
    cookies: ['x=1', 'y=2'],
    headers: { 'content-type': 'application/json', 'x-mixed': 'Case', 'x-forwarded-proto': 'http' },
    queryStringParameters: { a: '1,2', b: ' ' },
    requestContext: {
      accountId: 'anonymous',
      stage: '$default',
      http: { method: 'POST', path: '/event', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
    },
    body: '{"hello":"world"}',
    isBase64Encoded: false,
  });
});

test('bytes that are not text arrive in Base64', async () => {
  const body = Buffer.from([0, 1, 255]);
  const { text } = await send('open', '/event', { method: 'PUT', body });
  expect(JSON.parse(text)).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
});

test('a response with status, headers and cookies is sent as it is', async () => {
  const { status, headers, text } = await send('open', '/');
  expect([status, text]).toEqual([202, 'plain']);
  expect(headers).toMatchObject({
    'content-type': 'text/plain',
    'x-custom': 'yes',
    'set-cookie': ['a=1', 'b=2; Secure'],
  });
});

test("a browser that opens a function URL gets the function, not lambdock's page", async () => {
  const { status, headers } = await send('open', '/', { headers: { Accept: 'text/html,*/*;q=0.8' } });
  expect([status, headers['x-path']]).toEqual([202, '/']);
});

test('an error of the function is 502', async () => {
  const { status, text } = await send('open', '/fail');
  expect([status, text]).toEqual([502, 'Internal Server Error']);
});

test('a preflight of an allowed page is answered without the function, and its request is shared', async () => {
  const origin = 'https://app.example';
  const preflight = await send('open', '/', {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'DELETE' },
  });
  expect(preflight.status).toBe(200);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'DELETE',
  });
  const shared = await send('open', '/', { headers: { Origin: origin } });
  expect(shared.headers['access-control-allow-origin']).toBe(origin);
});

test('AWS_IAM refuses a request without a signature, and names the caller of a signed one', async () => {
  expect(await send('signed', '/')).toMatchObject({ status: 403, text: '{"Message":"Forbidden"}' });
  const signedBy = (accountId: string) => ({
    Authorization: `AWS4-HMAC-SHA256 Credential=${accountId}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const { text } = await send('signed', '/event', { headers: signedBy('000000000000') });
  expect(JSON.parse(text)).toMatchObject({
    requestContext: { accountId: '000000000000', authorizer: { iam: { accountId: '000000000000' } } },
  });
  // No policy of the function lets the other account in.
  const other = await send('signed', '/event', { headers: signedBy('123456789012') });
  expect(other).toMatchObject({ status: 403, text: '{"Message":"Forbidden"}' });
});

test('a streaming function gives status, headers and cookies ahead of its body', async () => {
  const { status, headers, text } = await send('page', '/');
  expect([status, text]).toEqual([201, '<h1>hello</h1>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html',
    'x-custom': 'yes',
    'set-cookie': ['a=1', 'b=2'],
  });
});

test('the path form reaches the same function by its name', async () => {
  const answer = await fetch(`${app.address}/_lambdock/urls/open/event?x=1`);
  expect(await answer.json()).toMatchObject({ rawPath: '/event', queryStringParameters: { x: '1' } });
});

test('a host name or a path without a URL is 404', async () => {
  hosts.set('unknown', `${'a'.repeat(32)}.lambda-url.us-east-1.localhost`);
  expect((await send('unknown', '/')).status).toBe(404);
  expect((await fetch(`${app.address}/_lambdock/urls/nothing/`)).status).toBe(404);
});
