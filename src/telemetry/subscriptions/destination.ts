import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SubscriptionDestination } from './subscription';

/** Connects to a port inside the sandbox. */
export type Dial = (port: number) => Promise<Duplex>;

/** Sends batches to one listener. Each call resolves when the listener has the batch. */
export interface Sender {
  /** @param events JSON texts. Rejects if the listener did not accept them. */
  send(events: readonly string[]): Promise<void>;
  close(): void;
}

export function senderTo(destination: SubscriptionDestination, dial: Dial): Sender {
  return destination.protocol === 'HTTP'
    ? new HttpSender(destination, dial)
    : new TcpSender(destination, dial);
}

/** Sends each batch as a JSON array in one request; any 2xx is a success. */
class HttpSender implements Sender {
  #socket: Duplex | undefined;

  constructor(
    private readonly to: Extract<SubscriptionDestination, { protocol: 'HTTP' }>,
    private readonly dial: Dial,
  ) {}

  async send(events: readonly string[]): Promise<void> {
    const { port, path, method } = this.to;
    const socket = await this.dial(port);
    this.#socket = socket;
    const body = Buffer.from(`[${events.join(',')}]`);
    // Some listeners cannot read chunked bodies.
    const headers = {
      Host: `sandbox.localdomain:${port}`,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Connection: 'close',
    };
    try {
      await new Promise<void>((resolve, reject) => {
        const sent = request({ path, method, headers, createConnection: () => socket }, (response) => {
          const { statusCode = 0 } = response;
          response.resume();
          if (statusCode >= 200 && statusCode < 300) resolve();
          else reject(new Error(`The subscriber answered ${statusCode}`));
        });
        sent.on('error', reject);
        socket.on('close', () => reject(new Error('The subscriber closed the connection')));
        sent.end(body);
      });
    } finally {
      socket.destroy();
    }
  }

  close(): void {
    this.#socket?.destroy();
  }
}

/** Sends JSON lines over one connection. */
class TcpSender implements Sender {
  #socket: Duplex | undefined;

  constructor(
    private readonly to: Extract<SubscriptionDestination, { protocol: 'TCP' }>,
    private readonly dial: Dial,
  ) {}

  async send(events: readonly string[]): Promise<void> {
    const socket = await this.#connected();
    await new Promise<void>((resolve, reject) => {
      const onClose = () => reject(new Error('The subscriber closed the connection'));
      socket.once('close', onClose);
      socket.write(`${events.join('\n')}\n`, (error) => {
        socket.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #connected(): Promise<Duplex> {
    if (this.#socket?.writable) return this.#socket;
    const socket = await this.dial(this.to.port);
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    // The listener sends no data, but only a read detects its end.
    socket.resume();
    return socket;
  }
}
