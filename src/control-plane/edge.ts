import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import { LambdaError } from '../aws/errors';
import { isDiskFull, systemProblem } from '../lib/system-problem';
import type { RequestHandler, RoutedRequest } from './router';

/** Response of a handler. Only this module writes it. */
export interface Answer {
  readonly status: number;
  /** All headers except `Content-Type` and `Content-Length`, which are set automatically. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | object;
  /** Default: JSON. */
  readonly contentType?: string;
}

export type Handler = (request: RoutedRequest) => Promise<Answer> | Answer;

/** A header of a request. `name` must be in lower case. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** Whether a request asks for a cold start: `X-Lambdock-Cold: 1`. */
export function isColdForced({ headers }: IncomingMessage): boolean {
  return headers['x-lambdock-cold'] === '1';
}

const requestIdHeader = 'x-amzn-RequestId';

/** Up to this size, copying is cheaper than a second write. */
const onePieceBytes = 16 * 1024;

/** Wraps a handler that returns its response. */
export function answering(handler: Handler): RequestHandler {
  return async (request, response) => sendAnswer(response, await handler(request));
}

/** Sets `x-amzn-RequestId` unless the handler did. */
export function sendAnswer(response: ServerResponse, { status, headers, body, contentType }: Answer): void {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  // An array is faster to create and read than an object with optional members.
  const lines: OutgoingHttpHeader[] = [];
  if (headers?.[requestIdHeader] === undefined) lines.push(requestIdHeader, randomUUID());
  if (bytes) lines.push('Content-Type', contentType ?? 'application/json', 'Content-Length', bytes.length);
  for (const name in headers) lines.push(name, headers[name] ?? '');
  response.writeHead(status, lines);
  // Node.js writes a string together with the head, but bytes separately.
  if (bytes && bytes.length <= onePieceBytes) response.end(bytes.toString('latin1'), 'latin1');
  else response.end(bytes);
}

/** `Retry-After` of throttled callers. An invocation may end at any time. */
const retryAfterSeconds = 1;

/** Sends an error. The response to an internal error has no details. */
export function sendError(response: ServerResponse, error: unknown, fail: (error: Error) => void): void {
  const known = toLambdaError(error);
  if (!(error instanceof LambdaError)) fail(error instanceof Error ? error : new Error(String(error)));
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(known.body()));
  response.writeHead(known.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    [requestIdHeader]: randomUUID(),
    'x-amzn-ErrorType': known.code,
    ...(known.status === 429 && { 'Retry-After': retryAfterSeconds }),
  });
  response.end(body);
}

/** Full disks and other failures of this machine appear in the response, since the caller can fix them. */
function toLambdaError(error: unknown): LambdaError {
  if (error instanceof LambdaError) return error;
  const problem = systemProblem(error);
  const code = isDiskFull(error) ? 'InsufficientStorageException' : 'ServiceException';
  return new LambdaError(code, problem ?? 'Internal error', {}, { cause: error });
}

/** Calls back once, when the response accepts more bytes or its client has disconnected. */
export function onceWritable(response: ServerResponse, callback: () => void): void {
  const once = () => {
    response.off('drain', once).off('close', once);
    callback();
  };
  response.on('drain', once).on('close', once);
}
