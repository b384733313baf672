import { connect, type Socket } from 'node:net';
import { WaitingMessages } from './waiting-messages';

/** A client of debugpy: https://microsoft.github.io/debug-adapter-protocol/ */
export class PythonDebugger implements Disposable {
  readonly #messages = new WaitingMessages();
  #bytes: Buffer = Buffer.alloc(0);
  #seq = 0;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => this.#take(bytes)).on('error', () => undefined);
  }

  static connect(port: number): Promise<PythonDebugger> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new PythonDebugger(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request; its response may come after events that it causes. */
  send(command: string, args: object = {}): { readonly response: Promise<Record<string, unknown>> } {
    this.#seq += 1;
    const seq = this.#seq;
    const body = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    const isMeant = (message: Readonly<Record<string, unknown>>) => message.request_seq === seq;
    const response = this.#messages
      .take<{ success: boolean; message?: string; body?: Record<string, unknown> }>(isMeant)
      .then(({ success, message, body: found }) => {
        if (!success) throw new Error(`${command}: ${message}`);
        return found ?? {};
      });
    return { response };
  }

  async call<T>(command: string, args: object = {}): Promise<T> {
    return (await this.send(command, args).response) as T;
  }

  async event<T>(name: string): Promise<T> {
    return (await this.#messages.take<{ body: T }>((message) => message.event === name)).body;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#bytes.subarray(0, end).toString())?.[1]);
      if (this.#bytes.length < end + 4 + length) return;
      this.#messages.push(JSON.parse(this.#bytes.subarray(end + 4, end + 4 + length).toString()));
      this.#bytes = this.#bytes.subarray(end + 4 + length);
    }
  }
}
