import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge'; readonly length: number }
  /** The sender went away in the middle. */
  | { readonly kind: 'truncated' };

/** Bodies up to this size are not counted, since connections have buffers of that size anyway. */
const smallBytes = 65_536;

/** Most memory of all unfinished bodies together; the largest request has 70 MB. */
const unfinishedMostBytes = 256 * 1024 * 1024;

/** Bodies that are being received. If they use too much memory together, the one idle for longest is cut off. */
export class UnfinishedBodies {
  /** Bytes by request; the request that last received bytes is last. */
  readonly #held = new Map<Pick<IncomingMessage, 'destroy'>, number>();
  readonly #most: number;
  #bytes = 0;

  constructor(most = unfinishedMostBytes) {
    this.#most = most;
  }

  hold(request: Pick<IncomingMessage, 'destroy'>, bytes: number): void {
    this.release(request);
    this.#held.set(request, bytes);
    this.#bytes += bytes;
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#most) return;
      this.release(oldest);
      oldest.destroy();
    }
  }

  release(request: Pick<IncomingMessage, 'destroy'>): void {
    this.#bytes -= this.#held.get(request) ?? 0;
    this.#held.delete(request);
  }
}

const unfinished = new UnfinishedBodies();

const followedByClose = () => undefined;

/** Bodies that were read before their reader asks: see `keepBody`. */
const kept = new WeakMap<IncomingMessage, Body>();

/** Reads a body ahead of its reader, who gets it from `readBody` all the same. */
export async function keepBody(request: IncomingMessage, limitBytes: number): Promise<Body> {
  const body = await bodyOf(request, limitBytes);
  kept.set(request, body);
  return body;
}

/** Like `readBody`, with a promise. */
export function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Body> {
  return new Promise((done) => void readBody(request, limitBytes, done));
}

/** Joins a body's chunks; does not copy a single chunk. */
export function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
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
    if (length > smallBytes) unfinished.hold(request, Math.min(length, limitBytes));
  });
  request.on('end', () => {
    if (length > smallBytes) unfinished.release(request);
    if (length > limitBytes) done({ kind: 'tooLarge', length });
    else done({ kind: 'whole', bytes: joined(chunks) });
  });
  request.on('close', () => {
    if (length > smallBytes) unfinished.release(request);
    if (!request.complete) done({ kind: 'truncated' });
  });
  request.on('error', followedByClose);
}
