import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge'; readonly length: number }
  /** The sender went away in the middle. */
  | { readonly kind: 'truncated' };

const followedByClose = () => undefined;

/** Bodies that were read before whoever wants them asks: see `keepBody`. */
const kept = new WeakMap<IncomingMessage, Body>();

/** Reads a body ahead of its reader, who gets it from `readBody` all the same. */
export async function keepBody(request: IncomingMessage, limitBytes: number): Promise<Body> {
  const body = await new Promise<Body>((done) => readBody(request, limitBytes, done));
  kept.set(request, body);
  return body;
}

/**
 * Reads a body, chunked or with a length. One above `limitBytes` is read to its end and dropped, so that the
 * sender gets to the answer. `done` is called once.
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (body: Body) => void): void {
  const early = kept.get(request);
  if (early !== undefined) {
    const isTooLarge = early.kind === 'whole' && early.bytes.length > limitBytes;
    done(isTooLarge ? { kind: 'tooLarge', length: early.bytes.length } : early);
    return;
  }
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
  request.on('error', followedByClose);
}
