import { signatureHeaders } from '../../src/aws/signing';

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
