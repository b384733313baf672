import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server } from 'node:net';
import { systemClock } from '../../../src/lib/clock';
import { EnvironmentTelemetry } from '../../../src/telemetry/subscriptions/environment-telemetry';
import type { Subscription } from '../../../src/telemetry/subscriptions/subscription';

/** A listener of an extension, by the lines that it has. */
class Listener implements AsyncDisposable {
  #text = '';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('data', (chunk: Buffer) => {
        this.#text += chunk.toString();
        server.emit('line');
      });
    });
  }

  static async open(): Promise<Listener> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Listener(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async records(count: number): Promise<unknown[]> {
    while (this.#text.split('\n').length <= count) await once(this.#server, 'line');
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { record: unknown }).record);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }
}

const opened = () => new EnvironmentTelemetry(systemClock, async (port) => connect(port, '127.0.0.1'));

const subscription = (port: number): Subscription => ({
  api: 'telemetry',
  name: 'observer',
  schemaVersion: '2022-07-01',
  kinds: ['platform', 'function', 'extension'],
  buffering: { maxItems: 1_000, maxBytes: 262_144, timeoutMs: 25 },
  destination: { protocol: 'TCP', port },
});

test('a subscriber gets what has happened before it subscribed, and what follows', async () => {
  await using listener = await Listener.open();
  const telemetry = opened();
  telemetry.lines('extension/other', 'early', 1, 0);
  telemetry.subscribe(subscription(listener.port));
  telemetry.lines('runtime', 'one\ntwo', 2, 0);
  telemetry.lines('runtime', 'a record\nof two lines', 1, 0);
  telemetry.flush();
  expect(await listener.records(4)).toEqual(['early', 'one', 'two', 'a record\nof two lines']);
  telemetry.close();
});

test('wants nothing where no extension has subscribed by the end of init', () => {
  const telemetry = opened();
  expect(telemetry.isWanted).toBe(true);
  telemetry.initEnded();
  expect(telemetry.isWanted).toBe(false);
});

test('forgets subscribers when the processes are killed, and takes new ones with what the new init did', async () => {
  await using listener = await Listener.open();
  const telemetry = opened();
  telemetry.subscribe(subscription(1));
  telemetry.lines('runtime', 'of the first', 1, 0);
  telemetry.initEnded();
  telemetry.restart();
  telemetry.lines('runtime', 'of the second', 1, 0);
  telemetry.subscribe(subscription(listener.port));
  telemetry.initEnded();
  telemetry.flush();
  expect(await listener.records(1)).toEqual(['of the second']);
  expect(telemetry.isWanted).toBe(true);
  telemetry.close();
  expect(telemetry.isWanted).toBe(false);
});

test('a second subscription of an extension takes the place of its first', async () => {
  await using first = await Listener.open();
  await using second = await Listener.open();
  const telemetry = opened();
  telemetry.subscribe(subscription(first.port));
  telemetry.lines('runtime', 'one', 1, 0);
  telemetry.flush();
  await first.records(1);
  telemetry.subscribe(subscription(second.port));
  telemetry.lines('runtime', 'two', 1, 0);
  telemetry.flush();
  expect(await second.records(2)).toEqual(['one', 'two']);
  expect(await first.records(1)).toEqual(['one']);
  telemetry.close();
});
