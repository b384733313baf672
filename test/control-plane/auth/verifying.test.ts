import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { verify } from '../../../src/control-plane/auth/verifying';

let server: Server;
/** What became of each request: the code of its refusal, or `taken`. */
let outcomes: Promise<string>[];

beforeEach(async () => {
  outcomes = [];
  server = createServer((request, response) => {
    const outcome = verify(request, new Map([['ID', 'secret']]), 0).then(
      () => 'taken',
      (error: { code?: string }) => error.code ?? String(error),
    );
    outcomes.push(outcome);
    void outcome.then((text) => response.end(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const port = () => (server.address() as AddressInfo).port;

async function post(body: Buffer): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port()}/`, { method: 'POST', body: new Uint8Array(body) })).text();
}

test('refuses requests without a signature, whatever the size of the body', async () => {
  expect(await post(Buffer.from('{}'))).toBe('MissingAuthenticationTokenException');
  expect(await post(Buffer.alloc(70_167_212))).toBe('RequestEntityTooLargeException');
});

test('refuses a request that ends before its body is complete', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
  await once(server, 'request');
  socket.destroy();
  expect(await outcomes[0]).toBe('InvalidRequestContentException');
});
