import { runCommand } from '../../support/app/command';
import { RecordingServer } from '../../support/clients/recording-server';

/** The key that signed the request of `list`; undefined without a signature. */
async function signer(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  await using server = await RecordingServer.start();
  server.json(200, { functions: [] });
  await runCommand(['list', '--endpoint', server.endpoint, ...words], { environment });
  const [request] = server.requests;
  return /Credential=([^,]+),/.exec(request?.headers.authorization ?? '')?.[1];
}

const shell = { AWS_ACCESS_KEY_ID: 'AKIDSHELL', AWS_SECRET_ACCESS_KEY: 'secret' };
const by = (id: string) => expect.stringMatching(new RegExp(`^${id}/\\d{8}/local/lambda/aws4_request$`));

test('signs requests without a region, with the key of the shell or of the settings, and not at all without a key', async () => {
  expect(await signer([])).toBeUndefined();
  expect(await signer([], shell)).toEqual(by('AKIDSHELL'));
  expect(await signer(['--keys', 'ONE:a,TWO:b'], shell)).toEqual(by('ONE'));
  expect(await signer(['--keys', 'ONE:a,AKIDSHELL:secret'], shell)).toEqual(by('AKIDSHELL'));
});
