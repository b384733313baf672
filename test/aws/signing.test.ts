import { createHmac } from 'node:crypto';
import { signatureHeaders } from '../../src/aws/signing';
import { sha256 } from '../../src/lib/hash';

const signing = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 'service',
  at: new Date(Date.UTC(2015, 7, 30, 12, 36)),
};

// Of AWS's own test suite for signers.
test.each([
  ['/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['/?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
])('GET %s is signed as AWS has it', async (target, signature) => {
  const headers = { host: 'example.amazonaws.com' };
  const request = { method: 'GET', target, headers, body: Buffer.alloc(0) };
  expect(await signatureHeaders(request, signing)).toEqual({
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    'x-amz-date': '20150830T123600Z',
  });
});

test('headers are signed by name, body and all, and the request stays as it was', async () => {
  const request = {
    method: 'POST',
    target: '/',
    headers: { host: 'example.amazonaws.com', 'user-agent': 'test' },
    body: Buffer.from('one'),
  };
  const one = await signatureHeaders(request, signing);
  expect(one.authorization).toContain('SignedHeaders=host;user-agent;x-amz-date,');
  expect(request.headers).toEqual({ host: 'example.amazonaws.com', 'user-agent': 'test' });
  const other = await signatureHeaders({ ...request, body: Buffer.from('two') }, signing);
  expect(other.authorization).not.toBe(one.authorization);
});

describe('S3', () => {
  const host = 'examplebucket.s3.amazonaws.com';
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
  const at = new Date(Date.UTC(2013, 4, 24));
  const body = Buffer.alloc(0);
  const s3 = { credentials, region: 'us-east-1', service: 's3', at };
  const content = { host, 'x-amz-content-sha256': sha256(body) };
  const signatureOf = async (target: string, more = {}) => {
    const request = { method: 'GET', target, headers: { ...content, ...more }, body };
    return /Signature=(.*)/.exec((await signatureHeaders(request, s3)).authorization)?.[1];
  };

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  test('GET Object is signed as AWS has it', async () => {
    expect(await signatureOf('/test.txt', { range: 'bytes=0-9' })).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  test('a path is escaped once, unlike those of other services', async () => {
    const canonical = [
      'GET',
      '/test%24file.text',
      '',
      ...Object.entries({ ...content, 'x-amz-date': '20130524T000000Z' }).map((pair) => pair.join(':')),
      '',
      'host;x-amz-content-sha256;x-amz-date',
      sha256(body),
    ].join('\n');
    const scope = '20130524/us-east-1/s3/aws4_request';
    const toSign = ['AWS4-HMAC-SHA256', '20130524T000000Z', scope, sha256(canonical)].join('\n');
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
    expect(await signatureOf('/test%24file.text')).toBe(hmac(key, toSign).toString('hex'));
  });
});

test("a session's token is signed and sent", async () => {
  const headers = { host: 'example.amazonaws.com' };
  const request = { method: 'GET', target: '/', headers, body: Buffer.alloc(0) };
  const credentials = { ...signing.credentials, sessionToken: 'token' };
  const signed = await signatureHeaders(request, { ...signing, credentials });
  expect(signed).toMatchObject({
    authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token,'),
    'x-amz-security-token': 'token',
  });
});
