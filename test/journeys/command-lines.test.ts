import { runCommand } from '../support/app/command';
import { RunningApp } from '../support/app/running-app';
import { AwsCli } from '../support/clients/aws-cli';
import { functionsFolder } from '../support/functions/functions-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let at: readonly string[];

beforeAll(async () => {
  app = await RunningApp.start({
    functions: {
      acts: {
        runtime: 'python3.13',
        handler: 'acts.handler',
        code: functionsFolder('python'),
        memorySize: 1_769,
        timeout: 20,
      },
    },
  });
  at = ['--endpoint', app.address];
});

afterAll(() => app?.[Symbol.asyncDispose]());

describe('the AWS CLI', () => {
  let aws: AwsCli;

  beforeAll(async () => {
    aws = await AwsCli.open();
  });

  afterAll(() => aws?.[Symbol.asyncDispose]());

  const invoke = (name: string, payload: unknown, ...words: readonly string[]) =>
    aws.invoke(name, payload, ['--endpoint-url', app.address, ...words]);

  test('invoke, with the log', async () => {
    const event = { act: 'say', text: 'from the command line' };
    const { code, output } = await invoke('acts', event, '--log-type', 'Tail');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^\{[^}]*\}\s*null$/) });
    const answer = JSON.parse(output.slice(0, output.indexOf('}') + 1));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(Buffer.from(answer.LogResult, 'base64').toString()).toContain('\nfrom the command line\n');
  });

  test('an error of the function, and a missing function', async () => {
    const failed = await invoke('acts', { act: 'fail', message: 'no luck' });
    expect(failed.code).toBe(0);
    expect(failed.output).toContain('"FunctionError": "Unhandled"');
    expect(failed.output).toContain('"errorMessage": "no luck"');
    const missing = await invoke('missing', {});
    expect(missing.code).not.toBe(0);
    expect(missing.output).toContain(
      '(ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing:$LATEST',
    );
  });
});

test('a plain request with a body, as by curl, whatever its content type', async () => {
  const answer = await fetch(`${app.address}/2015-03-31/functions/acts/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '{"name":"x"}',
  });
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { name: 'x' } });
});

test('lambdock invoke prints only the response to standard output, and the log to standard error', async () => {
  const { code, stdout, stderr } = await runCommand([
    ...['invoke', 'acts', '-p', '{"act":"say","text":"hello"}', '--tail', ...at],
  ]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'null\n' });
  expect(stderr).toMatch(
    /^START RequestId: .+\nhello\nEND RequestId: .+\nREPORT .+\nStatus 200, version \$LATEST, .+\n$/,
  );
  const failed = await runCommand(['invoke', 'acts', '-p', '{"act":"fail","message":"no luck"}', ...at]);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('"errorMessage": "no luck"') });
});

test('lambdock ps and retire: what runs, how it began, and a cold start on demand', async () => {
  await app.invoke('acts', { act: 'count' });
  const before = JSON.parse((await runCommand(['ps', '--json', ...at])).stdout);
  const [environment] = before.filter(({ state }: { state: string }) => state === 'ready');
  expect(environment).toMatchObject({
    functionName: 'acts',
    version: '$LATEST',
    coldStart: expect.stringMatching(/^(spare|on-demand)$/),
    initDurationMs: expect.any(Number),
    memorySize: 1_769,
    memoryUsedMiB: expect.any(Number),
    madeAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(environment.invocations).toBeGreaterThan(0);
  const { stdout } = await runCommand(['ps', ...at]);
  expect(stdout).toMatch(
    /^[0-9a-f]{12} +acts +\$LATEST +ready +\S+ +\d+\/1769 MB +\d+ +(from a spare|on demand), init \d+ ms$/m,
  );

  const retired = await runCommand(['retire', 'acts', ...at]);
  expect(retired).toMatchObject({
    code: 0,
    stdout: 'Retired 1 environment of acts. Its next invocation is a cold start.\n',
  });
  expect((await app.invoke('acts', { act: 'count' })).payload).toBe(1);
});

test('lambdock list and logs', async () => {
  const listed = await runCommand(['list', ...at]);
  expect(listed.stdout).toMatch(/^acts +python3\.13 +acts\.handler +1769 MB +20 s +512 MB +ready$/m);
  await app.invoke('acts', { act: 'say', text: 'for the log' }, { tail: true });
  const { code, stdout } = await runCommand(['logs', 'acts', '-n', '10', ...at]);
  expect(code).toBe(0);
  expect(stdout).toContain('for the log\n');
});
