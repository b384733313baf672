import { connect, type Socket } from 'node:net';

/** A connection to a server over which a test sends bytes as it likes. */
export class RawConnection implements Disposable {
  text = '';
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      this.text += String(chunk);
      for (const look of [...this.#waiting]) look();
    });
    // An end by reset is an end.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    void this.closed.then(() => {
      for (const look of [...this.#waiting]) look();
    });
  }

  /** @param address e.g. `http://127.0.0.1:9000` */
  static async open(address: string): Promise<RawConnection> {
    const { hostname, port } = new URL(address);
    const socket = connect({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawConnection(socket);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes, 'latin1');
  }

  pause(): void {
    this.#socket.pause();
  }

  /** The status of the answer that comes next; 0 where the connection closes without one. */
  async status(): Promise<number> {
    const line = /^HTTP\/1\.[01] (\d{3})/m;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!line.test(this.text) && !this.#socket.closed) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
    return Number(line.exec(this.text)?.[1] ?? 0);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** Sends one request and resolves to the status of its answer. */
export async function rawStatus(address: string, bytes: string | Buffer): Promise<number> {
  using connection = await RawConnection.open(address);
  connection.write(bytes);
  return await connection.status();
}
