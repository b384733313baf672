import { types } from 'node:util';
import { errnoOf } from '../../lib/errno';
import { EngineError, type EngineErrorKind } from '../engine';

/** The client library's error for a response that is not a success. */
interface AnswerError extends Error {
  readonly statusCode: number;
  readonly json?: unknown;
}

/** Whether the engine responded. Without a response, it may have done the request all the same. */
export function isAnswerError(error: unknown): error is AnswerError {
  return types.isNativeError(error) && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Whether the engine answered with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return isAnswerError(error) && statuses.includes(error.statusCode);
}

/** The engine's message, without the client library's prefix. */
function engineText(error: AnswerError): string {
  const { json } = error;
  const message = json !== null && typeof json === 'object' && 'message' in json ? json.message : undefined;
  return typeof message === 'string' && message !== '' ? message.trim() : error.message.trim();
}

const noConnection = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTSOCK',
  'EACCES',
  'EPERM',
]);

/** Error for an engine that cannot be reached, with the next step. `address` is `unix:///path` or `tcp://host:port`. */
export function unreachable(address: string, error: unknown): EngineError {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : undefined;
  const code = errnoOf(error);
  const message = () => {
    if (path !== undefined && (code === 'EACCES' || code === 'EPERM')) {
      return (
        `No permission to use the engine's socket ${path}. ` +
        'Join the group that owns it (`sudo usermod -aG docker "$USER"`, then log in again), or run as root.'
      );
    }
    if (path !== undefined && code === 'ENOENT') {
      return `No engine found at ${path}: the socket does not exist. Start Docker or Podman, or set DOCKER_HOST to its address.`;
    }
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      return `Cannot resolve the host of the engine's address ${address}. Check DOCKER_HOST.`;
    }
    if (code === 'ECONNRESET' || code === 'EPIPE') {
      return `The engine at ${address} closed the connection. Check whether it still runs (\`docker info\`).`;
    }
    return (
      `No engine answers at ${address}${code === undefined ? '' : ` (${code})`}. ` +
      'Start Docker or Podman, or set DOCKER_HOST to its address.'
    );
  };
  return new EngineError('unreachable', message(), { cause: error });
}

function kindOf(error: AnswerError, otherwise: EngineErrorKind): EngineErrorKind {
  const text = engineText(error);
  if (error.statusCode === 404 && /no such image|image not known|unable to find/i.test(text))
    return 'image-missing';
  return otherwise;
}

/**
 * Turns an error of an engine call into an `EngineError`; returns an `EngineError` unchanged.
 * `doing` completes "The engine could not ...". `otherwise` is the kind for a refusal of the engine.
 */
export function engineErrorOf(
  error: unknown,
  doing: string,
  address: string,
  otherwise: EngineErrorKind = 'refused',
): EngineError {
  if (error instanceof EngineError) return error;
  if (isAnswerError(error)) {
    const kind = kindOf(error, otherwise);
    const next = kind === 'image-missing' ? ' Build or pull it, or check its name.' : '';
    return new EngineError(
      kind,
      `The engine could not ${doing}: ${engineText(error).replace(/\.?$/, '.')}${next}`,
      {
        cause: error,
      },
    );
  }
  if (noConnection.has(errnoOf(error) ?? '')) return unreachable(address, error);
  const text = types.isNativeError(error) ? error.message : String(error);
  return new EngineError(otherwise, `The engine could not ${doing}: ${text}`, { cause: error });
}
