import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../support/app/command';
import { RecordingServer } from '../support/clients/recording-server';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const headers = { 'x-amz-executed-version': '$LATEST', 'x-amzn-requestid': 'request-1' };

test('the answer alone goes to standard output, how it went to standard error', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { hello: 'world' }, headers);
  const ended = await runCommand(['invoke', 'hello', '-p', '{"name":"x"}', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 0, stdout: '{"hello":"world"}\n' });
  expect(ended.stderr).toMatch(/^Status 200, version \$LATEST, [\d.]+ ms, request request-1\n$/);
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/2015-03-31/functions/hello/invocations',
    '/_lambdock/notices?function=hello',
  ]);
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    url: '/2015-03-31/functions/hello/invocations',
    body: '{"name":"x"}',
  });
});

test('the end of the log is shown before the status, and asked for only with --tail', async () => {
  await using server = await RecordingServer.start();
  server.json(200, null, { ...headers, 'x-amz-log-result': Buffer.from('START\nEND\n').toString('base64') });
  const ended = await runCommand(['invoke', 'hello', '--tail', '--endpoint', server.endpoint]);
  expect(ended.stderr).toMatch(/^START\nEND\nStatus 200/);
  await runCommand(['invoke', 'hello', '--endpoint', server.endpoint]);
  const calls = server.requests.filter(({ method }) => method === 'POST');
  expect(calls.map((request) => request.headers['x-amz-log-type'])).toEqual(['Tail', undefined]);
});

test('a function that failed makes the exit code 1, and its answer is still the output', async () => {
  await using server = await RecordingServer.start();
  server.json(200, { errorMessage: 'no' }, { ...headers, 'x-amz-function-error': 'Unhandled' });
  const ended = await runCommand(['invoke', 'hello', '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 1, stdout: '{"errorMessage":"no"}\n' });
  expect(ended.stderr).toContain('function error: Unhandled');
});

test('event, qualifier and client context go where Lambda has them', async () => {
  await using server = await RecordingServer.start();
  server.answer = (_, response) => void response.writeHead(202).end();
  const context = '{"custom":{"a":"b"}}';
  const words = ['invoke', 'hello', '--async', '--client-context', context, '--qualifier', 'live'];
  const ended = await runCommand([...words, '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(server.requests[0]).toMatchObject({
    url: '/2015-03-31/functions/hello/invocations?Qualifier=live',
    headers: {
      'x-amz-invocation-type': 'Event',
      'x-amz-client-context': Buffer.from(context).toString('base64'),
    },
  });
});

test('the payload comes from a file or from standard input', async () => {
  await using server = await RecordingServer.start();
  await using folder = await TemporaryFolder.make();
  server.json(200, null);
  const file = join(folder.path, 'event.json');
  await writeFile(file, '{"from":"file"}');
  await runCommand(['invoke', 'hello', '-p', `@${file}`, '--endpoint', server.endpoint]);
  await runCommand(['invoke', 'hello', '-p', '-', '--endpoint', server.endpoint], {
    input: '{"from":"input"}',
  });
  const calls = server.requests.filter(({ method }) => method === 'POST');
  expect(calls.map(({ body }) => body)).toEqual(['{"from":"file"}', '{"from":"input"}']);
});

test('what went wrong with the latest deployment is a warning beside the response', async () => {
  await using server = await RecordingServer.start();
  server.answer = ({ url }, response) => {
    const body = url.startsWith('/_lambdock/notices')
      ? { notices: [{ text: 'The template has errors.' }] }
      : 'old';
    response.writeHead(200).end(JSON.stringify(body));
  };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:hello';
  const ended = await runCommand(['invoke', arn, '--endpoint', server.endpoint]);
  expect(ended).toMatchObject({ code: 0, stdout: '"old"\n' });
  expect(ended.stderr).toMatch(/^warning: The template has errors\.\nStatus 200/);
  expect(server.requests.at(-1)?.url).toBe('/_lambdock/notices?function=hello');
});

test('--json prints the whole response at once', async () => {
  await using server = await RecordingServer.start();
  server.json(200, [1], headers);
  const { stdout, stderr } = await runCommand(['invoke', 'hello', '--json', '--endpoint', server.endpoint]);
  expect(JSON.parse(stdout)).toMatchObject({ statusCode: 200, executedVersion: '$LATEST', payload: [1] });
  expect(stderr).toBe('');
});

describe('what the user can put right is one sentence with the next step, and exit code 1', () => {
  test('nothing runs there', async () => {
    const gone = await RecordingServer.start();
    const { endpoint } = gone;
    await gone[Symbol.asyncDispose]();
    const ended = await runCommand(['invoke', 'hello', '--endpoint', endpoint]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe(
      `lambdock: lambdock is not running at ${endpoint}. Start it with "npm run up" or "npx lambdock start", or pass its address with --endpoint.\n`,
    );
  });

  test('an unknown function', async () => {
    await using server = await RecordingServer.start();
    server.json(
      404,
      { Message: 'Function not found: hello' },
      { 'x-amzn-errortype': 'ResourceNotFoundException' },
    );
    const ended = await runCommand(['invoke', 'hello', '--endpoint', server.endpoint]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe(
      'lambdock: ResourceNotFoundException: Function not found: hello. List the functions: npx lambdock list\n',
    );
  });

  test('something else runs there', async () => {
    await using server = await RecordingServer.start();
    server.answer = (_, response) => void response.writeHead(502).end('<html>Bad gateway');
    const ended = await runCommand(['invoke', 'hello', '--endpoint', server.endpoint]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('is not lambdock (status 502: <html>Bad gateway)');
  });

  test('no such payload file, and a client context that is not JSON', async () => {
    const file = await runCommand(['invoke', 'hello', '-p', '@/nowhere/event.json']);
    expect(file.stderr).toBe(
      'lambdock: Cannot read the payload from /nowhere/event.json: the file does not exist. Check the path after the @.\n',
    );
    const context = await runCommand(['invoke', 'hello', '--client-context', 'x']);
    expect(context.stderr).toMatch(/^lambdock: The client context is not valid JSON\. .+\n$/);
    expect([file.code, context.code]).toEqual([1, 1]);
  });

  test('the connection ends without an answer', async () => {
    await using server = await RecordingServer.start();
    server.answer = (_, response) => void response.socket?.destroy();
    const ended = await runCommand(['invoke', 'hello', '--endpoint', server.endpoint]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('closed the connection without a response');
  });
});
