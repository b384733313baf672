import { createServer } from 'node:net';
import type { StartedTestContainer } from 'testcontainers';
import { type AwsEndpoint, jsonRequest, sendToAws } from '../../../src/hosting/outbound/aws-request';
import { pythonContainer, pythonProgram } from '../engine/python-container';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

type Content = Readonly<Record<string, unknown>>;

/** Moto's server, which stands in for AWS. */
export class Moto implements AsyncDisposable {
  private constructor(
    readonly address: string,
    private readonly container: StartedTestContainer,
  ) {}

  /** Resolves once it answers. */
  static async start(): Promise<Moto> {
    const port = await freePort();
    const moto = (await pythonContainer('chalice', {}))
      .withEntrypoint([pythonProgram])
      .withCommand(['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)]);
    const container = await moto.start();
    const address = `http://127.0.0.1:${port}`;
    const answers = () =>
      fetch(`${address}/moto-api/`).then(
        () => true,
        () => false,
      );
    while (!(await answers())) await new Promise((resolve) => setImmediate(resolve));
    return new Moto(address, container);
  }

  get #endpoint(): AwsEndpoint {
    const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
    return { address: this.address, credentials, nowMs: () => Date.now() };
  }

  /** An operation of a service with a JSON protocol. */
  async call(
    service: string,
    target: string,
    content: Content,
    version: '1.0' | '1.1' = '1.1',
  ): Promise<Content> {
    const text = await sendToAws(this.#endpoint, 'us-east-1', jsonRequest(service, target, version, content));
    return text === '' ? {} : (JSON.parse(text) as Content);
  }

  /** An operation of a service that takes forms; its answer in XML. */
  query(service: string, form: Readonly<Record<string, string>>): Promise<string> {
    return sendToAws(this.#endpoint, 'us-east-1', {
      service,
      method: 'POST',
      target: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  }

  /** A request to S3; its answer as a text. */
  async s3(method: 'GET' | 'PUT', path: string, body?: Uint8Array<ArrayBuffer> | string): Promise<string> {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
    const response = await fetch(`${this.address}${path}`, {
      method,
      headers: { authorization },
      ...(body !== undefined && { body }),
    });
    return response.text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container.stop();
  }
}
