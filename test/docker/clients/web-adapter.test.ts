import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { clientsFolder, compileGo, place, webAdapterLayer } from '../../support/clients/compiled';
import { invokeStream } from '../../support/clients/streamed';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

let app: RunningApp;
let folder: TemporaryFolder;

const servers = ['python', 'node', 'go'] as const;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const layer = await webAdapterLayer(join(folder.path, 'layer'));
  const go = join(folder.path, 'go');
  await mkdir(go);
  await place((await compileGo())('web'), join(go, 'bootstrap'));
  const shared = { layers: [layer], memorySize: 1_024, timeout: 30 };
  const scripted = {
    ...shared,
    handler: 'run.sh',
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/bootstrap' },
  };
  const buffered = {
    python: { ...scripted, runtime: 'python3.13', code: clientsFolder('python') },
    node: { ...scripted, runtime: 'nodejs22.x', code: clientsFolder('node') },
    go: { ...shared, runtime: 'provided.al2023', handler: 'bootstrap', environment: {}, code: go },
  };
  const streaming = servers.map((name) => [
    `${name}-stream`,
    {
      ...buffered[name],
      environment: { ...buffered[name].environment, AWS_LWA_INVOKE_MODE: 'response_stream' },
    },
  ]);
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: { ...buffered, ...Object.fromEntries(streaming) },
  });
  for (const name of servers) {
    await createUrl(name, 'BUFFERED');
    await createUrl(`${name}-stream`, 'RESPONSE_STREAM');
  }
}, 600_000);

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function createUrl(FunctionName: string, InvokeMode: 'BUFFERED' | 'RESPONSE_STREAM'): Promise<void> {
  await app.client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', InvokeMode }));
}

const fetchUrl = (name: string, path: string, init?: RequestInit) =>
  fetch(`${app.address}/_lambdock/urls/${name}${path}`, init);

/** A request as a function URL hands it to the function. */
const urlEvent = (path: string, query = '') => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: query,
  headers: { host: 'example.com' },
  requestContext: {
    accountId: 'anonymous',
    apiId: 'id',
    domainName: 'example.com',
    domainPrefix: 'example',
    http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000',
    timeEpoch: 1_767_225_600_000,
  },
  isBase64Encoded: false,
});

describe.each(servers)('a web server in %s behind the Web Adapter', (name) => {
  test('answers its function URL', async () => {
    for (const body of ['first', 'second']) {
      const response = await fetchUrl(name, '/path?a=1', { method: 'POST', body });
      expect(response.status).toBe(202);
      expect(response.headers.get('x-server')).toBe(name);
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(await response.json()).toEqual({ method: 'POST', path: '/path?a=1', body });
    }
  });

  test('answers Invoke with the event of a function URL, and other events at /events', async () => {
    const ofUrl = await app.invoke(name, urlEvent('/path', 'b=2'));
    expect(ofUrl.payload).toMatchObject({ statusCode: 202, isBase64Encoded: false });
    const { body } = ofUrl.payload as { readonly body: string };
    expect(JSON.parse(body)).toEqual({ method: 'GET', path: '/path?b=2', body: '' });
    const other = await app.invoke(name, { Records: [] });
    expect(other.payload).toEqual({ method: 'POST', path: '/events', body: '{"Records":[]}' });
  });

  test('streams to its function URL while it still works', async () => {
    const response = await fetchUrl(`${name}-stream`, '/stream?chunks=20');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('text/plain');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    const [environment] = await app.environments(`${name}-stream`);
    expect(environment?.state).toBe('invoking');
    let text = Buffer.from(first.value ?? []).toString();
    for (let next = await reader.read(); !next.done; next = await reader.read())
      text += Buffer.from(next.value).toString();
    expect(text).toBe(lines(20));
  });

  test('streams to InvokeWithResponseStream, and is collected for Invoke', async () => {
    const event = urlEvent('/stream', 'chunks=3');
    const { text, complete } = await invokeStream(app.client, `${name}-stream`, event);
    expect(complete.ErrorCode).toBeUndefined();
    const [prelude = '', body] = text.split('\0'.repeat(8));
    expect(JSON.parse(prelude)).toMatchObject({ statusCode: 201, headers: { 'content-type': 'text/plain' } });
    expect(body).toBe(lines(3));
    expect(app.output).not.toContain('panicked');
  });
});

test('the log lists the adapter as an extension that registers for no event', async () => {
  await app.invoke('go', { any: 'event' });
  const log = await app.log('go');
  expect(log.map(({ text }) => text)).toContain('EXTENSION\tName: lambda-adapter\tState: Ready\tEvents: []');
});

const lines = (count: number) => Array.from({ length: count }, (_, chunk) => `chunk ${chunk}\n`).join('');
