import { types } from 'node:util';
import { errnoOf } from '../../lib/errno';
import { EngineError, type EngineErrorKind } from '../engine';

/** What the client library throws for an answer that is no success. */
interface AnswerError extends Error {
  readonly statusCode: number;
  readonly json?: unknown;
}

/** Whether the engine answered at all. Without its answer what was asked for may have been done. */
export function isAnswerError(error: unknown): error is AnswerError {
  return types.isNativeError(error) && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Whether the engine answered with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return isAnswerError(error) && statuses.includes(error.statusCode);
}

/** The engine's own words, without what the client library puts around them. */
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

/** What to do about an engine that cannot be spoken to. `address` as `unix:///path` or `tcp://host:port`. */
export function unreachable(address: string, error: unknown): EngineError {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : undefined;
  const code = errnoOf(error);
  const message = () => {
    if (path !== undefined && (code === 'EACCES' || code === 'EPERM')) {
      return (
        `This user may not use the engine's socket ${path}. ` +
        'Join the group that owns it (`sudo usermod -aG docker "$USER"`, then log in again), or run as root.'
      );
    }
    if (path !== undefined && code === 'ENOENT') {
      return `There is no engine at ${path}: no such socket. Start Docker or Podman, or set DOCKER_HOST to where it listens.`;
    }
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      return `The host of the engine's address ${address} is not known here. Check DOCKER_HOST.`;
    }
    if (code === 'ECONNRESET' || code === 'EPIPE') {
      return `The engine at ${address} closed the connection. See whether it still runs (\`docker info\`).`;
    }
    return (
      `No engine answers at ${address}${code === undefined ? '' : ` (${code})`}. ` +
      'Start Docker or Podman, or set DOCKER_HOST to where it listens.'
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
 * Any error of a call to the engine as an `EngineError`; one that is one already is returned as it is.
 * `doing` completes "The engine could not ...". `otherwise` is the kind for what the engine refused.
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
