import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge'; readonly length: number }
  /** The sender went away in the middle. */
  | { readonly kind: 'truncated' };

/**
 * Reads a body, chunked or with a length. One above `limitBytes` is read to its end and dropped, so that the
 * sender gets to the answer. `done` is called once.
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on('end', () => {
    if (length > limitBytes) done({ kind: 'tooLarge', length });
    else done({ kind: 'whole', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
  });
  request.on('close', () => {
    if (!request.complete) done({ kind: 'truncated' });
  });
  // An error is followed by `close`.
  request.on('error', () => undefined);
}
