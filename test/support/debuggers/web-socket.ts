import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';

/** A client of a WebSocket server that sends short texts; Node.js 20 has none of its own. RFC 6455. */
export class WebSocketClient {
  #bytes: Buffer = Buffer.alloc(0);
  #text = '';

  private constructor(
    private readonly socket: Socket,
    private readonly received: (text: string) => void,
    first: Buffer,
  ) {
    socket.on('data', (bytes) => this.#take(bytes));
    this.#take(first);
  }

  /** @param url e.g. `ws://127.0.0.1:9229/ID` */
  static open(url: string, received: (text: string) => void): Promise<WebSocketClient> {
    const { hostname, port, pathname } = new URL(url);
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    return new Promise((resolve, reject) => {
      const asked = request({ host: hostname, port, path: pathname, headers });
      asked.on('upgrade', (_answer: IncomingMessage, socket: Socket, head: Buffer) =>
        resolve(new WebSocketClient(socket, received, head)),
      );
      asked.on('response', ({ statusCode }) => reject(new Error(`${url} answered ${statusCode}`)));
      asked.on('error', reject).end();
    });
  }

  send(text: string): void {
    const payload = Buffer.from(text);
    const mask = randomBytes(4);
    const length = payload.length < 126 ? Buffer.from([0x80 | payload.length]) : Buffer.alloc(3);
    if (length.length === 3) {
      length[0] = 0x80 | 126;
      length.writeUInt16BE(payload.length, 1);
    }
    const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    this.socket.write(Buffer.concat([Buffer.from([0x81]), length, mask, masked]));
  }

  close(): void {
    this.socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const [head = 0, second = 0] = this.#bytes;
      const short = second & 0x7f;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#bytes.length < start) return;
      const length =
        short === 126
          ? this.#bytes.readUInt16BE(2)
          : short === 127
            ? Number(this.#bytes.readBigUInt64BE(2))
            : short;
      if (this.#bytes.length < start + length) return;
      this.#text += this.#bytes.subarray(start, start + length).toString();
      this.#bytes = this.#bytes.subarray(start + length);
      if ((head & 0x80) === 0) continue;
      const text = this.#text;
      this.#text = '';
      // Control frames carry no text.
      if ((head & 0x0f) < 8) this.received(text);
    }
  }
}
