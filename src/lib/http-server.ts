import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Rejects with the error of the `listen` system call. */
export function listen(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Where clients on this machine reach it, e.g. `http://127.0.0.1:9000`. */
export function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  // A server that listens at every address is reached at the loopback address.
  const host =
    address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

/** Ends every connection, idle or not. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Answers while lambdock starts or shuts down, when a caller would wait without knowing why. */
export function answerUnready(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1', Connection: 'close' });
  response.end(
    JSON.stringify({
      Type: 'Service',
      Message: 'lambdock is starting or shutting down. Try again in a moment.',
    }),
  );
}
