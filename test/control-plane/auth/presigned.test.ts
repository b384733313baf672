import { createHash, createHmac } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { isPresigned, verifyPresigned } from '../../../src/control-plane/auth/presigned';

const keys = new Map([['AKIDEXAMPLE', 'secret']]);
const signedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const date = '20260102T030405Z';
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** A URL signed by hand, after the documentation of Signature Version 4. */
function presigned({
  service = 'lambda',
  expires = '60',
  body = '',
  secret = 'secret',
  path = '/2015-03-31/functions',
  id = 'AKIDEXAMPLE',
} = {}): string {
  const query = [
    ['Marker', 'a b/c'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${id}/20260102/us-east-1/${service}/aws4_request`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', expires],
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');
  const canonical = ['GET', path, query, 'host:localhost:9000', '', 'host', hash(body)].join('\n');
  const scope = `20260102/us-east-1/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = ['20260102', 'us-east-1', service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  return `${path}?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`;
}

async function outcome(url: string, { body = '', nowMs = signedAtMs, host = 'localhost:9000' } = {}) {
  const message = new IncomingMessage(new Socket());
  Object.assign(message, { method: 'GET', url, headers: { host } });
  expect(isPresigned(message)).toBe(true);
  return verifyPresigned(message, Buffer.from(body), keys, nowMs).then(
    () => 'taken',
    (error: { code: string }) => error.code,
  );
}

test('accepts a valid URL until it expires', async () => {
  expect(await outcome(presigned())).toBe('taken');
  expect(await outcome(presigned(), { nowMs: signedAtMs + 60_000 })).toBe('taken');
  expect(await outcome(presigned(), { nowMs: signedAtMs + 60_001 })).toBe('InvalidSignatureException');
  expect(await outcome(presigned(), { nowMs: signedAtMs - 300_001 })).toBe('InvalidSignatureException');
});

test.each([
  ['another secret', presigned({ secret: 'other' }), {}, 'InvalidSignatureException'],
  ['another service', presigned({ service: 's3' }), {}, 'InvalidSignatureException'],
  ['another host', presigned(), { host: 'evil.example' }, 'InvalidSignatureException'],
  ['another body', presigned(), { body: 'x' }, 'InvalidSignatureException'],
  ['another path', presigned().replace('functions', 'layers'), {}, 'InvalidSignatureException'],
  ['another parameter', presigned().replace('a%20b', 'a%20c'), {}, 'InvalidSignatureException'],
  ['a longer life', presigned().replace('Expires=60', 'Expires=600'), {}, 'InvalidSignatureException'],
  ['a life of more than a week', presigned({ expires: '604801' }), {}, 'IncompleteSignatureException'],
  ['an unknown key', presigned({ id: 'OTHER' }), {}, 'UnrecognizedClientException'],
  ['no date', presigned().replace('X-Amz-Date', 'X-Amz-Day'), {}, 'IncompleteSignatureException'],
])('a URL with %s is refused', async (_what, url, more, code) => {
  expect(await outcome(url, more)).toBe(code);
});
