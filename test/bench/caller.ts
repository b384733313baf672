import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  /** From the first byte written to the last byte read. */
  readonly ms: number;
}

/** An HTTP client that keeps its connections: the same one for everything that is compared. */
export class Caller {
  readonly #agent = new Agent({ keepAlive: true, noDelay: true });

  constructor(readonly origin: string) {}

  send(method: string, path: string, body?: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      const sent = request(
        new URL(path, this.origin),
        { method, agent: this.#agent, headers: { 'Content-Length': body?.length ?? 0 } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks),
              ms: performance.now() - begun,
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Invokes a function and takes no answer but its success. Resolves to milliseconds. */
  async invoke(functionName: string, payload: Buffer): Promise<number> {
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    const { status, body, ms } = await this.send('POST', path, payload);
    if (status !== 200 || body.includes('errorType')) {
      throw new Error(`${this.origin}${path} answered ${status}: ${body.toString().slice(0, 500)}`);
    }
    return ms;
  }

  /** The answer's text, whatever it is. */
  async answer(functionName: string, payload: Buffer): Promise<string> {
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    return (await this.send('POST', path, payload)).body.toString();
  }

  close(): void {
    this.#agent.destroy();
  }
}
