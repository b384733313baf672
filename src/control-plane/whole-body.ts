import { LambdaError } from '../aws/errors';
import type { Body } from '../lib/http-body';

/**
 * The bytes of a body that was read.
 * @param tooLarge makes the error's text from the length in bytes
 * @throws {LambdaError} `RequestEntityTooLargeException`, or `InvalidRequestContentException` where it was cut short
 */
export function wholeBody(body: Body, tooLarge: (length: number) => string): Buffer {
  if (body.kind === 'whole') return body.bytes;
  if (body.kind === 'tooLarge')
    throw new LambdaError('RequestEntityTooLargeException', tooLarge(body.length));
  throw new LambdaError('InvalidRequestContentException', 'The request ended before its body was complete.');
}
