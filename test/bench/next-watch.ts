import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Runtime API of runtimes that are only to boot: it hears that they are ready and gives them nothing to do. */
export class NextWatch {
  readonly #server = createServer((request) => {
    if (request.url?.endsWith('/invocation/next')) this.#heard?.(performance.now());
    else request.socket.destroy();
  });
  #heard: ((atMs: number) => void) | undefined;

  async open(): Promise<void> {
    this.#server.timeout = 0;
    this.#server.requestTimeout = 0;
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** `HOST:PORT`, as `AWS_LAMBDA_RUNTIME_API` has it. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves to when the next runtime asks for its first event, as `performance.now` counts. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  /** Closes the connections, at which a runtime's client ends. */
  dropAll(): void {
    this.#server.closeAllConnections();
  }

  close(): void {
    this.dropAll();
    this.#server.close();
  }
}
