import { types } from 'node:util';

const networkCalls: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo', 'read', 'shutdown', 'write']);

/**
 * Whether an uncaught error is of a connection that a client library opened and does not listen to. Such an
 * error must not end what runs; any other one is a mistake in lambdock, after which its state is unknown.
 */
export function isStrayConnectionError(error: unknown): boolean {
  return types.isNativeError(error) && 'syscall' in error && networkCalls.has(error.syscall);
}
