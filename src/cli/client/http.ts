import { type IncomingMessage, request } from 'node:http';

/** A URL's host and port, or a Unix socket. */
export type Destination = { readonly url: URL } | { readonly socketPath: string };

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query, starting with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and resolves with the head of the response. The caller's signal is the only time limit: an
 * invocation may last 15 minutes, and Node's own `fetch` gives up after five.
 */
export function send(to: Destination, { method = 'GET', path, headers, body, signal }: HttpRequest) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const place =
      'url' in to ? { host: to.url.hostname.replace(/^\[|\]$/g, ''), port: to.url.port || 80 } : to;
    const outgoing = request({
      ...place,
      method,
      path,
      agent: false,
      headers: { ...headers, ...(body ? { 'content-length': body.length } : {}) },
      ...(signal ? { signal } : {}),
    });
    outgoing.on('response', resolve).on('error', reject).end(body);
  });
}

/** Parses JSON; undefined if the text is not valid JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function readAll(message: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
