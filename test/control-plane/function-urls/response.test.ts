import { urlResponse } from '../../../src/control-plane/function-urls/response';

const respond = (payload: unknown) => {
  const response = urlResponse(Buffer.from(JSON.stringify(payload)));
  return response && { ...response, body: response.body.toString() };
};

test.each([
  ['a text', 'Hello', '"Hello"'],
  ['an object without a status', { a: 1 }, '{"a":1}'],
  ['null', null, 'null'],
])('%s is the body of a response of JSON', (_, payload, body) => {
  expect(respond(payload)).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body,
  });
});

test('an object with a status is the response', () => {
  expect(
    respond({
      statusCode: '201',
      headers: { 'Content-Type': 'text/html', 'X-Count': 3, 'Content-Length': '999' },
      cookies: ['a=1', 'b=2'],
      body: '<p>',
    }),
  ).toEqual({
    status: 201,
    headers: { 'content-type': 'text/html', 'x-count': '3' },
    cookies: ['a=1', 'b=2'],
    body: '<p>',
  });
});

test('a body in Base64 is decoded', () => {
  const body = Buffer.from([0, 255]).toString('base64');
  const { body: bytes } = urlResponse(
    Buffer.from(JSON.stringify({ statusCode: 200, body, isBase64Encoded: true })),
  ) ?? {
    body: Buffer.alloc(0),
  };
  expect([...bytes]).toEqual([0, 255]);
});

test.each([
  ['a status that is none', { statusCode: 'many' }],
  ['a status out of range', { statusCode: 999 }],
  ['a line break in a header', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
  ['a line break in a cookie', { statusCode: 200, cookies: ['a\nb'] }],
  ['a header name with a space', { statusCode: 200, headers: { 'a b': 'c' } }],
])('%s makes no response', (_, payload) => {
  expect(respond(payload)).toBeUndefined();
});

test('a payload that is not JSON makes no response', () => {
  expect(urlResponse(Buffer.from('{'))).toBeUndefined();
});
