import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { verifySignature } from '../../../src/control-plane/auth/signature';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const keys = new Map([['AKIDEXAMPLE', secret]]);
const signedAtMs = Date.UTC(2015, 7, 30, 12, 36);

function request(url: string, signature: string, more: Record<string, string> = {}): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = 'GET';
  message.url = url;
  message.headers = {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    // Not signed, so of no account.
    'user-agent': 'test',
    ...more,
  };
  return message;
}

const verified = (message: IncomingMessage, body = '', nowMs = signedAtMs) =>
  verifySignature(message, Buffer.from(body), keys, nowMs, new Set(['service']));

/** Of AWS's own test suite for signers. */
const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
const twoParameters = 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500';

test('accepts the examples that AWS publishes', async () => {
  await verified(request('/', vanilla));
  await verified(request('/?Param2=value2&Param1=value1', twoParameters));
});

test.each([
  ['another path', request('/other', vanilla), ''],
  ['another query', request('/?Param2=value2&Param1=value2', twoParameters), ''],
  ['another body', request('/', vanilla), 'body'],
  ['another host', request('/', vanilla, { host: 'example.org' }), ''],
  [
    'a body that is not the one of the header',
    request('/', vanilla, { 'x-amz-content-sha256': vanilla }),
    '',
  ],
  [
    'a body that the signature does not cover',
    request('/', vanilla, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    'any body',
  ],
])('refuses %s', async (_what, message, body) => {
  await expect(verified(message, body)).rejects.toMatchObject({ code: 'InvalidSignatureException' });
});

test('accepts a clock that differs by five minutes, no more', async () => {
  for (const offMs of [-300_000, 300_000]) await verified(request('/', vanilla), '', signedAtMs + offMs);
  await expect(verified(request('/', vanilla), '', signedAtMs + 300_001)).rejects.toThrow(
    'Signature expired: 20150830T123600Z is now earlier than 20150830T123600Z (20150830T124100Z - 5 min.)',
  );
  await expect(verified(request('/', vanilla), '', signedAtMs - 300_001)).rejects.toThrow(
    /^Signature not yet current: /,
  );
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['no signature', { authorization: undefined }, 'MissingAuthenticationTokenException'],
  ['another kind of it', { authorization: 'Basic dGVzdA==' }, 'IncompleteSignatureException'],
  ['no date', { 'x-amz-date': undefined }, 'IncompleteSignatureException'],
  ['a date of another form', { 'x-amz-date': '2015-08-30' }, 'IncompleteSignatureException'],
])('%s', async (_what, headers, code) => {
  const message = request('/', vanilla);
  Object.assign(message.headers, headers);
  await expect(verified(message)).rejects.toMatchObject({ code });
});

test('refuses an unknown key', async () => {
  await expect(
    verifySignature(request('/', vanilla), Buffer.alloc(0), new Map(), signedAtMs),
  ).rejects.toMatchObject({ code: 'UnrecognizedClientException' });
});

test.each([
  ['us-east-1/s3', "Credential should be scoped to correct service: 'lambda'."],
  ['us-east-1/service', undefined],
])('a signature for %s', async (scope, refusal) => {
  const message = request('/', vanilla);
  const authorization = String(message.headers.authorization).replace('us-east-1/service', scope);
  Object.assign(message.headers, { authorization });
  const outcome = verified(message);
  if (refusal === undefined) await outcome;
  else await expect(outcome).rejects.toThrow(refusal);
});

test.each([
  [
    '/20150830/',
    '/20150831/',
    /^Date in Credential scope does not match YYYYMMDD .*'20150831' != '20150830'/,
  ],
  ['host;x-amz-date', 'x-amz-date', /^'Host' or ':authority' must be a 'SignedHeader'/],
])('a signature with %s as %s', async (from, to, refusal) => {
  const message = request('/', vanilla);
  const authorization = String(message.headers.authorization).replace(from, to);
  Object.assign(message.headers, { authorization });
  await expect(verified(message)).rejects.toThrow(refusal);
});
