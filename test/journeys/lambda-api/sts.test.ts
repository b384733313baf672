import { CreateFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { signatureHeaders } from '../../../src/aws/signing';
import type { RunningApp } from '../../support/app/running-app';
import { emptyApp, sharedApp } from '../../support/app/shared-app';
import { codeOf, role } from '../../support/functions/deployer';

const shared = sharedApp(() => emptyApp());

interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
}

/** As SDKs ask STS: a form, signed. */
async function ask(form: Readonly<Record<string, string>>, signer: Signer, app: RunningApp = shared.app) {
  const body = Buffer.from(new URLSearchParams({ Version: '2011-06-15', ...form }).toString());
  const { accessKeyId, secretAccessKey = 'secret', sessionToken } = signer;
  const headers = {
    host: new URL(app.address).host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  const signed = await signatureHeaders(
    { method: 'POST', target: '/', headers, body },
    {
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      region: 'us-east-1',
      service: 'sts',
      at: new Date(),
    },
  );
  const answer = await fetch(app.address, { method: 'POST', body, headers: { ...headers, ...signed } });
  const text = await answer.text();
  const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return { status: answer.status, type: answer.headers.get('content-type'), text, member };
}

const whoAmI = { Action: 'GetCallerIdentity' };

test('GetCallerIdentity answers with the account of the access key', async () => {
  const own = await ask(whoAmI, { accessKeyId: 'AKIDEXAMPLE' });
  expect([own.status, own.type]).toEqual([200, 'text/xml']);
  expect([own.member('Account'), own.member('UserId'), own.member('Arn')]).toEqual([
    '000000000000',
    '000000000000',
    'arn:aws:iam::000000000000:root',
  ]);
  expect((await ask(whoAmI, { accessKeyId: '111122223333' })).member('Account')).toBe('111122223333');
});

const assume = {
  Action: 'AssumeRole',
  RoleArn: 'arn:aws:iam::222233334444:role/path/deployer',
  RoleSessionName: 'session',
};

test('AssumeRole gives credentials whose requests are done in the account of the role', async () => {
  const assumed = await ask({ ...assume, DurationSeconds: '900' }, { accessKeyId: 'AKIDEXAMPLE' });
  const assumedArn = 'arn:aws:sts::222233334444:assumed-role/deployer/session';
  expect([assumed.status, assumed.member('Arn')]).toEqual([200, assumedArn]);
  const leftMs = Date.parse(assumed.member('Expiration') ?? '') - Date.now();
  expect(leftMs / 1_000).toBeGreaterThan(300);
  const credentials = {
    accessKeyId: assumed.member('AccessKeyId') ?? '',
    secretAccessKey: assumed.member('SecretAccessKey') ?? '',
    sessionToken: assumed.member('SessionToken') ?? '',
  };
  const who = await ask(whoAmI, credentials);
  expect([who.member('Account'), who.member('Arn')]).toEqual(['222233334444', assumedArn]);
  const client = new LambdaClient({ endpoint: shared.app.address, region: 'us-east-1', credentials });
  const settings = {
    FunctionName: 'theirs',
    Role: role,
    Runtime: 'python3.13',
    Handler: 'app.handler',
  } as const;
  const { FunctionArn } = await client.send(
    new CreateFunctionCommand({ ...settings, Code: await codeOf('x') }),
  );
  expect(FunctionArn).toBe('arn:aws:lambda:us-east-1:222233334444:function:theirs');
  client.destroy();
  expect((await shared.client.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
});

test.each([
  ['a role that has no ARN', { ...assume, RoleArn: 'deployer' }, 'ValidationError'],
  ['a session without a name', { ...assume, RoleSessionName: '' }, 'ValidationError'],
  ['another operation', { Action: 'GetFederationToken<' }, 'InvalidAction'],
])('refuses %s', async (_what, form, code) => {
  const refused = await ask(form, { accessKeyId: 'AKIDEXAMPLE' });
  expect([refused.status, refused.member('Code')]).toEqual([400, code]);
});

test('where signatures are verified, a role has the key of its account', async () => {
  await using own = await emptyApp({
    flags: { auth: 'required', keys: 'AKIDEXAMPLE:secret,222233334444:other' },
  });
  const signer = { accessKeyId: 'AKIDEXAMPLE' };
  expect((await ask(whoAmI, { ...signer, secretAccessKey: 'wrong' }, own)).status).toBe(403);
  expect((await ask(assume, signer, own)).member('SecretAccessKey')).toBe('other');
  const RoleArn = 'arn:aws:iam::999999999999:role/deployer';
  const refused = await ask({ ...assume, RoleArn }, signer, own);
  expect([refused.status, refused.member('Code')]).toEqual([403, 'AccessDenied']);
});
