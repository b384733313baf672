import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FastExchange } from '../../src/runtime-api/fast-exchange';

const answer = (body: Buffer | string) => ({ status: 202, headers: { 'Content-Length': body.length }, body });
const open = () => {
  const socket = new PassThrough();
  let answered = 0;
  const exchange = new FastExchange(socket, new Map([['host', 'x']]), () => {
    answered += 1;
  });
  return { socket, exchange, answered: () => answered };
};

test.each([
  ['a text', '{"status":"OK"}'],
  ['bytes', Buffer.from([0, 255, 13, 10])],
  ['no bytes', Buffer.alloc(0)],
  ['many bytes', Buffer.alloc(1_000_000, 'x')],
])('an answer of %s is head and body, byte for byte', async (_, body) => {
  const { socket, exchange, answered } = open();
  exchange.answer(answer(body));
  socket.end();
  const all = await buffer(socket);
  const end = all.indexOf('\r\n\r\n') + 4;
  expect(all.toString('latin1', 0, end).replace(/Date: .*\r/, 'Date\r')).toBe(
    `HTTP/1.1 202 Accepted\r\nContent-Length: ${body.length}\r\nDate\r\nConnection: keep-alive\r\n\r\n`,
  );
  expect(all.subarray(end).equals(Buffer.from(body))).toBe(true);
  expect(answered()).toBe(1);
});

test.each(['abandoned', 'destroyed'] as const)(
  'an exchange that is %s has no response to wait for',
  (how) => {
    const { socket, exchange, answered } = open();
    expect(exchange.gone).toBe(false);
    if (how === 'abandoned') exchange.abandon();
    else socket.destroy();
    expect(exchange.gone).toBe(true);
    exchange.answer(answer('1'));
    expect([socket.read(), answered()]).toEqual([null, 0]);
  },
);

test('joins the chunks of a body, and reports an incomplete one', () => {
  const bodies: unknown[] = [];
  for (const parts of [[], ['a'], ['a', 'b', 'c']]) {
    const { exchange } = open();
    exchange.receive((body) => bodies.push(body));
    for (const part of parts) exchange.push(Buffer.from(part));
    exchange.end();
  }
  const { exchange } = open();
  exchange.receive((body) => bodies.push(body));
  exchange.push(Buffer.from('a'));
  exchange.cut();
  expect(exchange.gone).toBe(true);
  expect(bodies).toEqual([
    ...['', 'a', 'abc'].map((text) => ({ kind: 'whole', bytes: Buffer.from(text) })),
    { kind: 'truncated' },
  ]);
});
