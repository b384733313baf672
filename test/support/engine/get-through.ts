import { request } from 'node:http';
import type { Duplex } from 'node:stream';

/** The body of a GET over a connection that is there already. */
export function getThrough(socket: Duplex, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ path, host: 'sandbox.localdomain', createConnection: () => socket });
    asking.on('error', reject);
    asking.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      response.on('end', () => {
        socket.destroy();
        resolve(body);
      });
    });
    asking.end();
  });
}
