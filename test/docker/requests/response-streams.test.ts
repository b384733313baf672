import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { RunningApp } from '../../support/app/running-app';
import { invokeStream } from '../../support/clients/streamed';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(180_000);

let app: RunningApp;

beforeAll(async () => {
  const streaming = {
    runtime: 'nodejs22.x',
    code: functionsFolder('streaming'),
    memorySize: 1_024,
    timeout: 60,
  };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      chunks: { ...streaming, handler: 'index.chunks' },
      short: { ...streaming, handler: 'index.chunks', timeout: 2 },
      large: { ...streaming, handler: 'index.large' },
      buffered: { ...streaming, handler: 'index.buffered' },
      python: {
        ...streaming,
        runtime: 'python3.13',
        code: functionsFolder('python'),
        handler: 'echo.handler',
      },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

const stream = (name: string, event: unknown, onChunk?: (text: string) => Promise<void> | void) =>
  invokeStream(app.client, name, event, onChunk);

test('chunks arrive while the function still works', async () => {
  const states: (string | undefined)[] = [];
  const { text, complete } = await stream('chunks', { chunks: 3, pauseMs: 300 }, async () => {
    const [environment] = await app.environments('chunks');
    states.push(environment?.state);
  });
  expect(text).toBe('chunk 0\nchunk 1\nchunk 2\n');
  expect(states[0]).toBe('invoking');
  expect(complete.ErrorCode).toBeUndefined();
  expect(Buffer.from(complete.LogResult ?? '', 'base64').toString()).toMatch(/^START RequestId: .+REPORT/s);
});

test('an error in the middle arrives after the sent chunks, in InvokeComplete', async () => {
  const { text, complete } = await stream('chunks', { chunks: 1, fail: true });
  expect(text).toContain('chunk 0\n');
  expect(complete.ErrorCode).toBe('Unhandled');
  expect(complete.ErrorDetails).toContain('in the middle');
});

test('a timeout in the middle ends the stream with its error, and the function can be called again', async () => {
  const { text, complete } = await stream('short', { chunks: 5, pauseMs: 900 });
  expect(text).toContain('chunk 0\n');
  expect(complete.ErrorDetails).toContain('Task timed out after 2.00 seconds');
  expect((await stream('short', { chunks: 1 })).text).toBe('chunk 0\n');
});

test('a buffered function is one chunk, and a streaming function is collected for a buffered caller', async () => {
  const { text, chunks } = await stream('buffered', { a: 1 });
  expect([text, chunks]).toEqual(['{"event":{"a":1}}', 1]);
  const { Payload } = await app.client.send(
    new InvokeCommand({ FunctionName: 'chunks', Payload: JSON.stringify({ chunks: 2 }) }),
  );
  expect(Payload?.transformToString()).toBe('chunk 0\nchunk 1\n');
});

test('200 MB to a slow reader pass through without being held in memory', async () => {
  const before = process.memoryUsage().rss;
  let highest = 0;
  let bytes = 0;
  const { complete } = await stream('large', { blocks: 200 }, async (chunk) => {
    bytes += chunk.length;
    highest = Math.max(highest, process.memoryUsage().rss - before);
    await new Promise((resolve) => setImmediate(resolve));
  });
  expect(complete.ErrorCode).toBeUndefined();
  expect(highest).toBeLessThan(600 * 1024 * 1024);
  expect(bytes).toBeLessThanOrEqual(200 * 1024 * 1024);
});

test('a response above 200 MB fails after what was sent', async () => {
  const { complete } = await stream('large', { blocks: 201 });
  expect(complete.ErrorCode).toBe('Unhandled');
  expect(complete.ErrorDetails).toContain('ResponseSizeTooLarge');
});

test('an unknown function is refused as by Invoke', async () => {
  const command = new InvokeWithResponseStreamCommand({ FunctionName: 'nothing' });
  await expect(app.client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
