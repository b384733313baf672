import type { Fault } from '../execution/lifecycle/outcome';
import type { Exchange } from './exchange';

/** Types that Lambda counts by name; others become `Runtime.Unknown` or `Function.Unknown` in its metrics. */
const knownType = /^(Runtime|Function)\.[A-Z][A-Za-z]+$/;

/**
 * The fault in a runtime's error request. The caller gets the document unchanged, even if it is not JSON. The type for
 * logs comes from the document first, since most clients send no `Lambda-Runtime-Function-Error-Type`.
 */
export function postedFault(exchange: Exchange, document: Buffer): Fault {
  return {
    status: 'error',
    errorType: documentType(document) ?? headerType(exchange.header('lambda-runtime-function-error-type')),
    document,
    postedByRuntime: true,
  };
}

/**
 * The fault that a streaming runtime puts into its trailers: `Lambda-Runtime-Function-Error-Type` and
 * `Lambda-Runtime-Function-Error-Body` (base64 of the document).
 */
export function trailerFault(exchange: Exchange): Fault | undefined {
  const type = exchange.trailer('lambda-runtime-function-error-type');
  if (type === undefined || type === '') return undefined;
  const document = Buffer.from(exchange.trailer('lambda-runtime-function-error-body') ?? '', 'base64');
  return {
    status: 'error',
    errorType: documentType(document) ?? headerType(type),
    document: document.length > 0 ? document : Buffer.from(JSON.stringify({ errorType: type })),
    postedByRuntime: true,
  };
}

function headerType(header: string | undefined): string {
  if (header !== undefined && knownType.test(header)) return header;
  return header?.startsWith('Function.') ? 'Function.Unknown' : 'Runtime.Unknown';
}

function documentType(document: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(document.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('errorType' in parsed)) return undefined;
    return typeof parsed.errorType === 'string' && parsed.errorType !== '' ? parsed.errorType : undefined;
  } catch {
    return undefined;
  }
}
