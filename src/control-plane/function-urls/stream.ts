import type { ServerResponse } from 'node:http';
import type { Ending } from '../../execution/invocation';
import type { ResponseSink } from '../../execution/response-sink';
import { onceWritable } from '../edge';
import { responseHead } from './response';

const httpIntegration = 'application/vnd.awslambda.http-integration-response';
/** Between the JSON head of a streamed HTTP response and its body. */
const delimiter = Buffer.alloc(8);
/** A head that is longer is not one. */
const headLimitBytes = 1024 * 1024;

/** Sends a streamed response: with the runtime's own head, or as a plain body. */
export class UrlStream implements ResponseSink {
  /** The beginning of the body, while it may still be the head. */
  #head: Buffer | undefined;

  constructor(
    private readonly response: ServerResponse,
    /** Sent with every response. */
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  begin(contentType: string): void {
    if (contentType === httpIntegration) this.#head = Buffer.alloc(0);
    else this.#writeHead(200, { 'content-type': contentType || 'application/octet-stream' }, []);
  }

  write(chunk: Buffer): boolean {
    if (this.response.destroyed) return true;
    if (this.#head === undefined) return this.response.write(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(delimiter);
    if (end < 0 && this.#head.length < headLimitBytes) return true;
    const rest = end < 0 ? Buffer.alloc(0) : this.#head.subarray(end + delimiter.length);
    this.#beginBody(this.#head.subarray(0, Math.max(end, 0)));
    return rest.length === 0 || this.response.write(rest);
  }

  onDrain(callback: () => void): void {
    onceWritable(this.response, callback);
  }

  /** After an error it breaks the connection, so that the client notices the incomplete response. */
  complete({ outcome }: Ending): void {
    const { response } = this;
    const isFailed = outcome.kind !== 'succeeded';
    if (!response.headersSent && isFailed) {
      const body = 'Internal Server Error';
      response.writeHead(502, { ...this.headers, 'Content-Type': 'application/json' }).end(body);
      return;
    }
    if (isFailed) {
      response.destroy();
      return;
    }
    if (!response.headersSent)
      this.#writeHead(200, { 'content-type': outcome.contentType || 'application/octet-stream' }, []);
    response.end(outcome.payload);
  }

  #beginBody(head: Buffer): void {
    this.#head = undefined;
    const read = parsed(head);
    const { status, headers, cookies } = (read && responseHead(read)) ?? {
      status: 502,
      headers: {},
      cookies: [],
    };
    this.#writeHead(status, { 'content-type': 'application/octet-stream', ...headers }, cookies);
  }

  #writeHead(status: number, headers: Readonly<Record<string, string>>, cookies: readonly string[]): void {
    this.response.writeHead(status, {
      ...this.headers,
      ...headers,
      ...(cookies.length > 0 && { 'Set-Cookie': [...cookies] }),
    });
    this.response.flushHeaders();
  }
}

function parsed(head: Buffer): object | undefined {
  try {
    const read: unknown = JSON.parse(head.toString('utf8'));
    return typeof read === 'object' && read !== null ? read : undefined;
  } catch {
    return undefined;
  }
}
