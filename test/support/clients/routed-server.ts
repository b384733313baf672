import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Router } from '../../../src/control-plane/router';

/** Serves a router's routes below `/below`. */
export class RoutedServer implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async start(router: Router): Promise<RoutedServer> {
    const server = createServer((request, response) => {
      router.handle(request, response, '/below').then(
        (isAnswered) => isAnswered || response.writeHead(404).end('no route'),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RoutedServer(server);
  }

  send(path: string, method = 'GET'): Promise<Response> {
    return fetch(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`, { method });
  }

  /** `STATUS BODY` */
  async ask(path: string, method = 'GET'): Promise<string> {
    const response = await this.send(path, method);
    return `${response.status} ${await response.text()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
