import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { rememberingFields, usualFields, usualHead } from '../../src/runtime-api/fast-head';
import { id, RuntimeOnSocket, request } from '../support/init/runtime-on-socket';

const limit = 6_291_556;
const next = 'GET /2018-06-01/runtime/invocation/next HTTP/1.1';
const response = `POST /2018-06-01/runtime/invocation/${id}/response HTTP/1.1`;
const lines = (...all: string[]) => all.join('\r\n');

test.each([
  [
    "Python's",
    lines(next, 'Host: 127.0.0.1:9001', 'User-Agent: aws-lambda-python/3.13.5-4.2.2', 'Accept: */*'),
  ],
  ["Node's, stamped", lines(next, 'Lambdock-Stamp: 1 2 3 4', 'Host: 127.0.0.1:9001', 'Accept: */*')],
  ["Node's own HTTP's", lines(next, 'Host: 127.0.0.1:9001', 'Connection: keep-alive')],
  ["Go's", lines(next, 'Host: 127.0.0.1:9001', 'User-Agent: Go-http-client/1.1', 'Accept-Encoding: gzip')],
  ["Rust's", lines(next, 'user-agent: aws-lambda-rust/1', 'host: 127.0.0.1:9001')],
  ['one with a length of nothing', lines(next, 'Host: x', 'Content-Length: 0')],
])('a poll: %s', (_, head) => {
  const read = usualHead(head, limit);
  expect(read?.kind).toBe('next');
  expect(read?.headers.get('lambdock-stamp')).toBe(head.includes('Stamp') ? '1 2 3 4' : undefined);
});

test.each([
  ["Python's and Node's", ['content-type: application/json', 'content-length: 17', 'Accept: */*']],
  ['with an empty Expect', ['content-type: application/json', 'Expect: ', 'content-length: 17']],
  ['with an emptier Expect', ['content-type: application/json', 'Expect:', 'content-length: 17']],
  ['with spaces around its values', ['Content-Type:   application/json ', 'Content-Length:17 ']],
])('a response: %s', (_, headers) => {
  const read = usualHead(lines(response, 'Host: 127.0.0.1:9001', ...headers), limit);
  expect(read).toMatchObject({ kind: 'response', requestId: id, contentLength: 17 });
  expect(read?.headers.get('content-type')).toBe('application/json');
});

describe('what is not usual, be it right or wrong', () => {
  const polls: [string, string][] = [
    ['another method', next.replace('GET', 'POST')],
    ['a method in lower case', next.replace('GET', 'get')],
    ['another version of HTTP', next.replace('1.1', '1.0')],
    ['a query', next.replace('next', 'next?x')],
    ['another version of the API', next.replace('2018', '2019')],
    ['a whole URL', next.replace('GET ', 'GET http://x')],
    ['two spaces', next.replace(' HTTP', '  HTTP')],
    ['an empty line ahead', `\r\n${next}`],
    ['nothing', ''],
  ];
  test.each(polls)('a first line with %s', (_, line) => {
    expect(usualHead(lines(line, 'Host: x'), limit)).toBeUndefined();
  });

  test.each(['a%2Fb', 'a/b', '', 'ä', 'x'.repeat(65), 'a b'])('the id %j', (each) => {
    expect(
      usualHead(lines(response.replace(id, each), 'Host: x', 'Content-Length: 1'), limit),
    ).toBeUndefined();
  });

  test.each([
    'Host: y',
    'Connection: close',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Proxy-Connection: close',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding:',
    'Trailer: X',
    'Expect: 100-continue',
    'Lambda-Runtime-Function-Response-Mode: streaming',
    'Lambda-Runtime-Function-Response-Mode:',
    'Content-Length: 17',
    'X : 1',
    'X\t: 1',
    ' X: 1',
    ' goes on',
    '\tgoes on',
    ': 1',
    'X',
    '',
    'X: a\rb',
    'X: a\nb',
    'X: a\nTransfer-Encoding: chunked',
    'X: a\0b',
    'X: \x7f',
    'X: ä',
    'X\0: 1',
  ])('a line %j', (line) => {
    expect(usualHead(lines(response, 'Host: x', 'Content-Length: 17', line), limit)).toBeUndefined();
  });

  test.each([
    '+5',
    '-5',
    '5 5',
    '5,5',
    '0x5',
    '05',
    '5.0',
    '5e1',
    '',
    String(limit + 1),
    '99999999999999999999',
  ])('a Content-Length of %j', (length) => {
    expect(usualHead(lines(response, 'Host: x', `Content-Length: ${length}`), limit)).toBeUndefined();
  });

  test('no Host, no length of a response, a length of a poll', () => {
    expect(usualHead(next, limit)).toBeUndefined();
    expect(usualHead(lines(response, 'Host: x'), limit)).toBeUndefined();
    expect(usualHead(lines(next, 'Host: x', 'Content-Length: 1'), limit)).toBeUndefined();
  });
});

test('of whatever passes for usual, node:http reads the same', async () => {
  /** Undefined where it refuses. */
  const readByNode = (head: string) =>
    new Promise<IncomingMessage | undefined>((done) => {
      const socket = new Duplex({ read() {}, write: (_chunk, _encoding, written) => written() });
      createServer(done)
        .on('checkExpectation', done)
        .on('clientError', () => done(undefined))
        .emit('connection', socket);
      socket.push(Buffer.from(`${head}\r\n\r\n`, 'latin1'));
    });
  const pieces = fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r',
      ' ',
      '\t',
      ':',
      '\0',
      ',',
      '0',
      '5',
      '+',
      'a',
      'ä',
      '\x7f',
      '\r\n ',
      '\r\nX: ',
      'Y: z\r\n',
    ],
    ...[
      '\r\nContent-Length: 3',
      '\r\nConnection: close',
      '\r\nTransfer-Encoding: chunked',
      '\r\nHost: y',
      'HTTP/1.1',
    ],
  );
  const heads = fc.constantFrom(
    lines(next, 'Lambdock-Stamp: 1 2 3 4', 'Host: 127.0.0.1:9001', 'Accept: */*'),
    lines(response, 'Host: x', 'Content-Type: application/json', 'Content-Length: 17', 'Expect: '),
  );
  const changes = fc.array(fc.tuple(fc.nat(200), fc.nat(2), pieces), { minLength: 1, maxLength: 2 });
  let usual = 0;
  await fc.assert(
    fc.asyncProperty(heads, changes, async (plain, made) => {
      const head = made.reduce((text, [at, without, piece]) => {
        const from = at % text.length;
        return text.slice(0, from) + piece + text.slice(from + without);
      }, plain);
      const read = head.includes('\r\n\r\n') ? undefined : usualHead(head, limit);
      if (read === undefined) return;
      usual += 1;
      const request = await readByNode(head);
      expect(request?.method).toBe(read.kind === 'next' ? 'GET' : 'POST');
      expect(Object.fromEntries(read.headers)).toEqual(request?.headers);
      if (read.kind === 'response') {
        expect(request?.url).toBe(`/2018-06-01/runtime/invocation/${read.requestId}/response`);
        expect(request?.headers['content-length']).toBe(String(read.contentLength));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(usual).toBeGreaterThan(20);
});

describe('heads that mean harm, which node:http is left to refuse', () => {
  const posted = (...headers: string[]) =>
    request(`POST /2018-06-01/runtime/invocation/${id}/response`, headers, '12345');

  test.each<[string, Buffer, number | undefined]>([
    ['a line that goes on', posted('Content-Length: 5', ' 0'), undefined],
    ['two lengths', posted('Content-Length: 5', 'Content-Length: 4'), undefined],
    ['the same length twice', posted('Content-Length: 5', 'Content-Length: 5'), undefined],
    ['a length with a sign', posted('Content-Length: +5'), undefined],
    ['a length and chunks', posted('Content-Length: 5', 'Transfer-Encoding: chunked'), undefined],
    ['a space before a colon', posted('Content-Length : 5'), undefined],
    ['a line feed by itself', posted('Content-Length: 5\nX: y'), undefined],
    ['a NUL', posted('Content-Length: 5', 'X: \0'), undefined],
    ['no name', posted('Content-Length: 5', ': x'), undefined],
    [
      'nothing but line feeds',
      Buffer.from('GET /2018-06-01/runtime/invocation/next HTTP/1.1\nHost: x\n\n'),
      undefined,
    ],
    ['no HTTP', Buffer.from('hello'.repeat(3_000)), undefined],
    ['two hosts', posted('Content-Length: 5', 'Host: y'), 202],
    ['more than a usual head', posted('Content-Length: 5', `X: ${'x'.repeat(1_000_000)}`), 202],
    ['characters beyond ASCII', posted('Content-Length: 5', 'X: \xff'), 202],
  ])('%s', async (_, bytes, status) => {
    await using runtime = await RuntimeOnSocket.running();
    runtime.write(bytes);
    expect((await runtime.answer())?.status).toBe(status);
    expect(runtime.api.heard.map(({ event }) => event)).toEqual(
      status === 202 ? ['parked', 'answered'] : ['parked'],
    );
  });
});

test('fields that are remembered are those of the same text and of no other', () => {
  const fieldsOf = rememberingFields();
  const texts = ['Host: a', 'Host: a\r\nContent-Length: 2', 'Host : a', '', 'Host: b'];
  const read = (text: string) => {
    const fields = fieldsOf(text);
    expect(fields).toEqual(usualFields(text));
    return fields;
  };
  for (const one of texts) {
    for (const other of texts) for (const text of [one, other, one, other]) read(text);
  }
  const [poll, response] = [read('Host: a'), read('Host: b')];
  expect([read('Host: a'), read('Host: b')].map((each, i) => each === [poll, response][i])).toEqual([
    true,
    true,
  ]);
});
