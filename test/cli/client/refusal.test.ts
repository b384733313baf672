import { runCommand } from '../../support/app/command';
import { RecordingServer } from '../../support/clients/recording-server';

/** What a command says that is answered so. */
async function messageOf(status: number, type: string, message: string, command = ['list']): Promise<string> {
  await using server = await RecordingServer.start();
  server.json(status, { message }, { 'x-amzn-errortype': type });
  const { code, stdout, stderr } = await runCommand([...command, '--endpoint', server.endpoint]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr;
}

const howToSign =
  "Sign with one of lambdock's keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --keys ID:SECRET.";

test.each([['list'], ['logs'], ['invoke', 'hello'], ['config', 'hello']])(
  '%s explains how to sign when a signature is required and missing',
  async (...command) => {
    expect(
      await messageOf(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token', command),
    ).toBe(`lambdock: MissingAuthenticationTokenException: Missing Authentication Token. ${howToSign}\n`);
  },
);

test('explains that lambdock does not have the key', async () => {
  const message = 'The security token included in the request is invalid.';
  expect(await messageOf(403, 'UnrecognizedClientException', message)).toBe(
    `lambdock: UnrecognizedClientException: ${message} ${howToSign}\n`,
  );
});

test('what says itself what is to be done is left as it is', async () => {
  const message = 'The request signature does not match. Check your AWS Secret Access Key.';
  expect(await messageOf(403, 'InvalidSignatureException', message)).toBe(
    `lambdock: InvalidSignatureException: ${message}\n`,
  );
});
