import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { AwsProxy } from '../../src/runtime-api/aws-proxy';

const listening = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const closed = (server: Server) =>
  new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });

/** A stand-in that answers with what it got, and a server that passes everything on to it. */
async function proxied(isThere = true) {
  const standIn = createServer(async (got, response) => {
    const body = await buffer(got);
    const { method, url, rawHeaders } = got;
    response.writeHead(201, { 'X-Own': 'yes', 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ method, url, rawHeaders, size: body.length }));
  });
  const port = await listening(standIn);
  if (!isThere) await closed(standIn);
  const proxy = new AwsProxy(`http://127.0.0.1:${port}`);
  const front = createServer((got, response) => proxy.handle(got, response));
  const frontPort = await listening(front);
  return {
    port,
    send: (options: object, body?: Buffer) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const sending = request({ port: frontPort, host: '127.0.0.1', ...options }, resolve);
        sending.on('error', reject);
        sending.end(body);
      }),
    async [Symbol.asyncDispose]() {
      proxy.close();
      await closed(front);
      if (isThere) await closed(standIn);
    },
  };
}

test('passes a request on with its path, host and headers, and the response back', async () => {
  await using under = await proxied();
  const body = Buffer.alloc(3_000_000, 'x');
  const headers = { Host: '127.0.0.1:9001', 'X-Amz-Date': '20250101T000000Z', Expect: '100-continue' };
  const answer = await under.send({ method: 'PUT', path: '/bucket/a%20b?x=1', headers }, body);
  expect([answer.statusCode, answer.headers['x-own']]).toEqual([201, 'yes']);
  const got = JSON.parse(await text(answer));
  expect(got).toMatchObject({ method: 'PUT', url: '/bucket/a%20b?x=1', size: body.length });
  expect(got.rawHeaders.slice(0, 4)).toEqual(['Host', '127.0.0.1:9001', 'X-Amz-Date', '20250101T000000Z']);
  expect(got.rawHeaders).not.toContain('Expect');
});

test('answers 502 with the next step if the stand-in does not respond', async () => {
  await using under = await proxied(false);
  const answer = await under.send({ method: 'POST', path: '/' });
  expect(answer.statusCode).toBe(502);
  expect(JSON.parse(await text(answer)).message).toBe(
    `aws.endpoint http://127.0.0.1:${under.port} cannot be reached (ECONNREFUSED). Start it, or change aws.endpoint.`,
  );
});

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=ID/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`,
});

test.each<[string, Record<string, string>, boolean]>([
  ['/', signedFor('sqs'), true],
  ['/2015-03-31/key', signedFor('s3'), true],
  ['/2015-03-31/functions', signedFor('lambda'), false],
  ['/bucket/key?X-Amz-Credential=ID%2F20250101%2Fus-east-1%2Fs3%2Faws4_request', {}, true],
  ['/bucket/key', {}, true],
  ['/2015-03-31/functions', {}, false],
  ['/2018-06-01/runtime/invocation/next', {}, false],
  ['/_lambdock/code/x.zip', {}, false],
])('%s signed as %j is for the stand-in: %s', (url, headers, expected) => {
  const proxy = new AwsProxy('http://localhost:4566');
  expect(proxy.takes({ url, headers } as IncomingMessage)).toBe(expected);
  proxy.close();
});
