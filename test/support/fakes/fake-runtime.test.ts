import { createServer } from 'node:http';
import { deferred } from '../../../src/lib/deferred';
import { FakeEngine } from './fake-engine';
import { lambdaRuntime } from './fake-runtime';

const spec = {
  image: 'any',
  memoryMiB: 128,
  ephemeralStorageMiB: 512,
};
const runtime = { name: 'runtime', command: ['/bootstrap'], workingDirectory: '/', environment: {} } as const;

/** Feeds events to the runtime of one sandbox; resolves to what it posted, once it asks for one more. */
async function serve(
  engine: FakeEngine,
  events: readonly unknown[],
): Promise<readonly (readonly [string, unknown])[]> {
  const posts: [string, unknown][] = [];
  const { promise, resolve } = deferred<void>();
  let given = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') {
        if (given === events.length) return resolve();
        const headers = { 'lambda-runtime-aws-request-id': `id-${given}`, 'lambda-runtime-deadline-ms': '5' };
        response.writeHead(200, headers).end(JSON.stringify(events[given++]));
        return;
      }
      posts.push([request.url ?? '', JSON.parse(Buffer.concat(chunks).toString())]);
      response.writeHead(202).end('{"status":"OK"}');
    });
  });
  const sandbox = await engine.createSandbox({ ...spec, id: `s${engine.made.length}` });
  sandbox.listen({
    connected: (socket) => server.emit('connection', socket),
    exited: () => resolve(),
    output: (_process, stream, bytes) => posts.push([stream, bytes.toString()]),
    startFailed: (_process, _step, code) => posts.push(['start failed', code]),
    segment: () => undefined,
    lost: (reason) => posts.push(['lost', reason]),
  });
  sandbox.start(runtime);
  await promise;
  await sandbox.remove();
  return posts;
}

test('results and errors of the handler are posted for their requests, over one connection', async () => {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((event, { count }) => {
    if (event.fail) throw new TypeError('no good');
    return { count, doubled: event.n * 2 };
  });
  expect(await serve(engine, [{ n: 2 }, { fail: true }, { n: 4 }])).toEqual([
    ['/2018-06-01/runtime/invocation/id-0/response', { count: 1, doubled: 4 }],
    [
      '/2018-06-01/runtime/invocation/id-1/error',
      expect.objectContaining({ errorType: 'TypeError', errorMessage: 'no good' }),
    ],
    ['/2018-06-01/runtime/invocation/id-2/response', { count: 3, doubled: 8 }],
  ]);
});

test('an init that throws is reported, and ends the process', async () => {
  const engine = new FakeEngine();
  engine.runtime = lambdaRuntime((event) => event, {
    init: () => {
      throw new Error('no module');
    },
  });
  const [post] = await serve(engine, [{}]);
  expect(post).toEqual([
    '/2018-06-01/runtime/init/error',
    expect.objectContaining({ errorMessage: 'no module' }),
  ]);
});
