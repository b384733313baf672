import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The least that an emulator can be: one function, one runtime, three routes, no checks. What lambdock is held
 * against, as a process of its own; it prints its port.
 */
const waiting: { id: string; payload: Buffer; answer: ServerResponse }[] = [];
let poll: ServerResponse | undefined;
let running: (typeof waiting)[number] | undefined;

function deliver(): void {
  if (poll === undefined || waiting.length === 0) return;
  running = waiting.shift();
  if (running === undefined) return;
  poll.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': running.payload.length,
    'Lambda-Runtime-Aws-Request-Id': running.id,
    'Lambda-Runtime-Deadline-Ms': Date.now() + 60_000,
    'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:echo',
  });
  poll.end(running.payload);
  poll = undefined;
}

function whole(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks)));
}

const server = createServer((request, response) => {
  const path = request.url ?? '';
  if (path === '/2018-06-01/runtime/invocation/next') {
    poll = response;
    deliver();
  } else if (path.startsWith('/2018-06-01/runtime/invocation/')) {
    whole(request, (body) => {
      running?.answer.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      running?.answer.end(body);
      response.writeHead(202, { 'Content-Length': 0 });
      response.end();
    });
  } else {
    whole(request, (payload) => {
      waiting.push({ id: randomUUID(), payload, answer: response });
      deliver();
    });
  }
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
