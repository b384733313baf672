import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { deferred } from '../../../src/lib/deferred';
import { type Dial, senderTo } from '../../../src/telemetry/subscriptions/destination';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
});

const dial: Dial = (port) =>
  new Promise<Duplex>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const overHttp = async (handle: RequestListener) => {
  const port = await listening(createServer(handle));
  return senderTo({ protocol: 'HTTP', port, path: '/in?a=1', method: 'PUT' }, dial);
};

test('HTTP: a batch is a JSON array with a length', async () => {
  const got: unknown[] = [];
  const sender = await overHttp(async (request, response) => {
    const { method, url, headers } = request;
    got.push({ method, url, headers, body: await text(request) });
    response.end();
  });
  await sender.send(['{"a":1}', '{"b":"é"}']);
  expect(got).toEqual([
    {
      method: 'PUT',
      url: '/in?a=1',
      body: '[{"a":1},{"b":"é"}]',
      headers: expect.objectContaining({ 'content-type': 'application/json', 'content-length': '20' }),
    },
  ]);
});

test('HTTP: rejects for a status that is no success, for a cut connection and where nothing listens', async () => {
  const refusing = await overHttp((_request, response) => response.writeHead(500).end());
  await expect(refusing.send(['{}'])).rejects.toThrow('The subscriber answered 500');
  const cutting = await overHttp((request) => request.socket.destroy());
  await expect(cutting.send(['{}'])).rejects.toThrow();
  const absent = senderTo({ protocol: 'HTTP', port: 1, path: '/', method: 'POST' }, dial);
  await expect(absent.send(['{}'])).rejects.toThrow('ECONNREFUSED');
});

test('HTTP: closing it ends a request that is not answered', async () => {
  const asked = deferred<void>();
  const sender = await overHttp(() => asked.resolve());
  const sent = sender.send(['{}']);
  await asked.promise;
  sender.close();
  await expect(sent).rejects.toThrow();
});

test('TCP: batches are lines of JSON over one connection, which is made anew where it was closed', async () => {
  const connections: Socket[] = [];
  let read = '';
  const port = await listening(
    createTcpServer((socket) => {
      connections.push(socket);
      sockets.push(socket);
      socket.on('data', (chunk: Buffer) => {
        read += chunk.toString();
        if (read.endsWith('{"c":1}\n')) socket.destroy();
      });
    }),
  );
  const sender = senderTo({ protocol: 'TCP', port }, dial);
  await sender.send(['{"a":1}', '{"b":1}']);
  const [first] = sockets;
  await sender.send(['{"c":1}']);
  await once(first as Socket, 'close');
  await sender.send(['{"d":1}']);
  const [, second] = connections;
  while (!read.includes('d')) await once(second ?? (await nextConnection(connections)), 'data');
  expect(read).toBe('{"a":1}\n{"b":1}\n{"c":1}\n{"d":1}\n');
  expect(connections).toHaveLength(2);
  sender.close();
});

async function nextConnection(connections: readonly Socket[]): Promise<Socket> {
  while (connections[1] === undefined) await once(servers[0] as Server, 'connection');
  return connections[1];
}
