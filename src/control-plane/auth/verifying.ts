import type { IncomingMessage } from 'node:http';
import { keepBody } from '../../lib/http-body';
import { wholeBody } from '../whole-body';
import { isPresigned, verifyPresigned } from './presigned';
import { type Keys, verifySignature } from './signature';

/** No request may be larger. */
const largestBytes = 70_167_211;

/**
 * What is answered without a signature: whether lambdock is there, which engines ask for a container's health; code,
 * whose address is as a presigned one of S3: only those who got it from the API know it; and the page's script and style.
 */
const open = /^\/_lambdock\/(health(?:$|\?)|code\/|ui\/)/;

/** What a browser without a session gets at these paths is how to sign in. */
const page = /^\/_lambdock\/(ui)?(?:$|\?)/;

/** Whether a request is answered without a signature. */
export function isOpen(request: IncomingMessage): boolean {
  const { method, url = '' } = request;
  return open.test(url) || ((method === 'GET' || method === 'HEAD') && page.test(url) && !isSigned(request));
}

const isSigned = (request: IncomingMessage) =>
  request.headers.authorization !== undefined || isPresigned(request);

/** @throws {LambdaError} where the signature does not hold */
export async function verify(request: IncomingMessage, keys: Keys, nowMs: number): Promise<void> {
  const body = await keepBody(request, largestBytes);
  // Not left to its reader: many routes read none.
  const bytes = wholeBody(body, () => `Request must be smaller than ${largestBytes} bytes`);
  const verified = isPresigned(request) ? verifyPresigned : verifySignature;
  await verified(request, bytes, keys, nowMs);
}
