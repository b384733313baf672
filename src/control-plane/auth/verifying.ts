import type { IncomingMessage } from 'node:http';
import { keepBody } from '../../lib/http-body';
import { wholeBody } from '../whole-body';
import { isPresigned, verifyPresigned } from './presigned';
import { type Keys, verifySignature } from './signature';

/** No request may be larger. */
const largestBytes = 70_167_211;

/**
 * What is answered without a signature: whether lambdock is there, which engines ask for a container's health, and
 * code, whose address is as a presigned one of S3: only those who got it from the API know it.
 */
const open = /^\/_lambdock\/(health(?:$|\?)|code\/)/;

/** Whether a request is answered without a signature. */
export function isOpen({ url = '' }: IncomingMessage): boolean {
  return open.test(url);
}

/** @throws {LambdaError} where the signature does not hold */
export async function verify(request: IncomingMessage, keys: Keys, nowMs: number): Promise<void> {
  const body = await keepBody(request, largestBytes);
  // Not left to its reader: many routes read none.
  const bytes = wholeBody(body, () => `Request must be smaller than ${largestBytes} bytes`);
  const verified = isPresigned(request) ? verifyPresigned : verifySignature;
  await verified(request, bytes, keys, nowMs);
}
