import type { Socket } from 'node:net';
import type { Delivery } from '../../../src/execution/runtime-link';
import { type ApiAnswer, answers, RuntimeApiUnderTest } from '../clients/runtime-api-client';

export const id = '8476a536-e9f4-11e8-9739-2dfe598c3fcd';
export const delivery: Delivery = {
  requestId: id,
  deadlineMs: 1_542_409_706_888,
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
  traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1',
  payload: Buffer.from('{"a":1}'),
  followsClosely: false,
};

export const request = (line: string, headers: readonly string[], body: Buffer | string = '') =>
  Buffer.concat([
    Buffer.from(`${[`${line} HTTP/1.1`, 'Host: 127.0.0.1:9001', ...headers].join('\r\n')}\r\n\r\n`, 'latin1'),
    Buffer.from(body),
  ]);
export const poll = (...headers: string[]) => request('GET /2018-06-01/runtime/invocation/next', headers);
export const post = (path: string, body: Buffer | string, ...headers: string[]) =>
  request(
    `POST /2018-06-01/runtime/invocation/${path}`,
    [`Content-Length: ${body.length}`, ...headers],
    body,
  );

/** A runtime on a socket of its own, which writes its bytes as a test wants them. */
export class RuntimeOnSocket implements AsyncDisposable {
  readonly #answers: AsyncGenerator<ApiAnswer, undefined>;
  written = 0;

  constructor(
    readonly api: RuntimeApiUnderTest,
    readonly socket: Socket,
  ) {
    this.#answers = answers(socket);
  }

  static async open(): Promise<RuntimeOnSocket> {
    const api = await RuntimeApiUnderTest.open();
    return new RuntimeOnSocket(api, await api.socket());
  }

  /** One that has taken the event. */
  static async running(given: Partial<Delivery> = {}): Promise<RuntimeOnSocket> {
    const runtime = await RuntimeOnSocket.open();
    runtime.write(poll());
    await runtime.api.hear(1);
    runtime.api.link.deliver({ ...delivery, ...given });
    await runtime.answer();
    return runtime;
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes);
    this.written += bytes.length;
  }

  /** Writes in pieces, each of which is read by itself. */
  async writePieces(...pieces: Buffer[]): Promise<void> {
    for (const piece of pieces) {
      this.write(piece);
      await this.api.read(this.written);
    }
  }

  /** Undefined at the connection's end. */
  async answer(): Promise<ApiAnswer | undefined> {
    return (await this.#answers.next()).value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.api[Symbol.asyncDispose]();
  }
}
