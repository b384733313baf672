import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureHeaders } from '../../../src/aws/signing';
import { fetchObject, type S3 } from '../../../src/functions/build/s3';
import { failureOf } from '../../support/lib/failure';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What S3 and what stands in for it escape: everything but these. */
const strictly = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((sign) =>
      /[A-Za-z0-9_.~/-]/.test(sign)
        ? sign
        : `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

let server: Server;
let s3: S3;
/** Objects by bucket, key and version. */
let objects: Map<string, string>;
/** Who may read; absent: everybody. */
let reader: { readonly secretAccessKey: string; readonly sessionToken?: string } | undefined;
let requests: IncomingMessage[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    requests.push(request);
    const refuse = (status: number, code: string, message: string) =>
      response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    if (reader && request.headers.authorization === undefined) refuse(403, 'AccessDenied', 'Access Denied');
    else if (reader && !(await isSigned(request, reader.secretAccessKey, reader.sessionToken)))
      refuse(403, 'SignatureDoesNotMatch', 'The signature does not match.');
    else {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
      const object = objects.get(`${decodeURIComponent(pathname)} ${searchParams.get('versionId') ?? ''}`);
      if (object === undefined) refuse(404, 'NoSuchKey', 'The specified key does not exist.');
      else response.end(object);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  const { port } = server.address() as AddressInfo;
  s3 = { endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', nowMs: () => nowMs };
  [objects, reader, requests] = [new Map(), undefined, []];
});

/** Signs the request again as S3 does: by what it means, escaped anew, and not by how it is written. */
async function isSigned(request: IncomingMessage, secretAccessKey: string, token = ''): Promise<boolean> {
  const { headers, method = '', url = '' } = request;
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const query = [...searchParams].map(([name, value]) => `?${name}=${encodeURIComponent(value)}`).join('');
  const names = /SignedHeaders=([^,]+),/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const covered = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const again = await signatureHeaders(
    {
      method,
      target: strictly(decodeURIComponent(pathname)) + query,
      headers: covered,
      body: Buffer.alloc(0),
    },
    {
      credentials: { ...credentials, secretAccessKey },
      region: 'eu-west-1',
      service: 's3',
      at: new Date(nowMs),
    },
  );
  return (
    again.authorization === headers.authorization && String(headers['x-amz-security-token'] ?? '') === token
  );
}

test('without credentials an object is asked for without a signature, by path, in its version', async () => {
  objects.set('/bucket/some folder/code.zip ', 'latest');
  objects.set('/bucket/some folder/code.zip a+b/c=', 'older');
  const place = { bucket: 'bucket', key: 'some folder/code.zip' };
  expect((await fetchObject(s3, place)).toString()).toBe('latest');
  expect((await fetchObject(s3, { ...place, version: 'a+b/c=' })).toString()).toBe('older');
  expect(requests[0]?.headers).not.toHaveProperty('authorization');
  expect(requests[0]?.url).toBe('/bucket/some%20folder/code.zip');
});

test.each(['code.zip', 'a b/ü+=&?#%.zip', "it's (1)!*/x~_-.zip", '//double'])(
  'gets the object %s from a server that verifies signatures, also its versions',
  async (key) => {
    reader = credentials;
    objects.set(`/bucket/${key} `, 'latest');
    objects.set(`/bucket/${key} v/1+ü`, 'older');
    const signing = { ...s3, credentials };
    expect((await fetchObject(signing, { bucket: 'bucket', key })).toString()).toBe('latest');
    expect((await fetchObject(signing, { bucket: 'bucket', key, version: 'v/1+ü' })).toString()).toBe(
      'older',
    );
    expect(requests[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/eu-west-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, /,
      ),
      'x-amz-content-sha256': emptySha256,
      'x-amz-date': '20260102T030405Z',
    });
  },
);

test("credentials that hold for a while bring their session's token along, signed", async () => {
  reader = { ...credentials, sessionToken: 'token' };
  objects.set('/bucket/key ', 'x');
  const place = { bucket: 'bucket', key: 'key' };
  const signing = { ...s3, credentials: { ...credentials, sessionToken: 'token' } };
  expect((await fetchObject(signing, place)).toString()).toBe('x');
  expect(requests[0]?.headers.authorization).toContain(';x-amz-security-token,');
  const refused = fetchObject({ ...s3, credentials }, place);
  expect(await failureOf(refused)).toMatchObject({
    message: expect.stringContaining('SignatureDoesNotMatch'),
  });
});

test('reports a refusal of S3 in its words, and what to do if the request was unsigned', async () => {
  reader = credentials;
  const messageOf = async (asking: S3 | undefined, key = 'none') => {
    const failure = await failureOf(fetchObject(asking, { bucket: 'bucket', key }));
    expect(failure).toMatchObject({ code: 'InvalidParameterValueException' });
    return failure instanceof Error ? failure.message : '';
  };
  const s3Error = 'Error occurred while GetObject. S3 Error Code:';
  expect(await messageOf({ ...s3, credentials })).toBe(
    `${s3Error} NoSuchKey. S3 Error Message: The specified key does not exist.`,
  );
  expect(await messageOf({ ...s3, credentials: { ...credentials, secretAccessKey: 'other' } })).toBe(
    `${s3Error} SignatureDoesNotMatch. S3 Error Message: The signature does not match.`,
  );
  expect(await messageOf(s3)).toBe(
    `${s3Error} AccessDenied. S3 Error Message: Access Denied (The request was not signed: start lambdock with --s3-key ID:SECRET.)`,
  );
  expect(await messageOf({ ...s3, endpoint: 'http://127.0.0.1:1' })).toContain(
    'http://127.0.0.1:1 cannot be reached',
  );
  expect(await messageOf(undefined)).toContain('start lambdock with --s3-endpoint');
});
