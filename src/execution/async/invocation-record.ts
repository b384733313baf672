import { recursionText } from '../invoker';
import type { Outcome } from '../lifecycle/outcome';

/** Why an asynchronous invocation ended. */
export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  | 'RecursiveInvocation';

/** An asynchronous invocation that has ended. */
export interface EndedEvent {
  readonly requestId: string;
  /** Qualified. */
  readonly functionArn: string;
  readonly condition: Condition;
  /** How often the function was invoked. */
  readonly attempts: number;
  readonly payload: Buffer;
  readonly executedVersion: string;
  /** The function's last response; absent if it gave none. */
  readonly outcome?: Outcome;
  readonly endedMs: number;
}

/**
 * The record that destinations receive.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(ended: EndedEvent): object {
  const { outcome, requestId, functionArn, condition, attempts, executedVersion } = ended;
  return {
    version: '1.0',
    timestamp: new Date(ended.endedMs).toISOString(),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
    requestPayload: parsed(ended.payload),
    ...(outcome !== undefined &&
      outcome.kind !== 'platformFailed' && {
        responseContext: {
          statusCode: 200,
          executedVersion,
          ...(outcome.kind === 'failed' && { functionError: 'Unhandled' }),
        },
        responsePayload: parsed(outcome.payload),
      }),
  };
}

const zeroReservedText =
  'Function not invoked. Function isconfigured with zero reserved concurrent executions';

/** The longest `ErrorMessage` of a dead letter, in characters. */
const errorMessageLength = 1_024;

/**
 * Attributes of a dead letter, whose body is the event itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetterAttributes(ended: EndedEvent): Readonly<Record<string, string>> {
  const { requestId, outcome, condition } = ended;
  // The service's own text; this message has no status attribute.
  if (condition === 'ZeroReservedConcurrency')
    return { RequestID: requestId, ErrorMessage: zeroReservedText };
  if (condition === 'RecursiveInvocation')
    return { RequestID: requestId, ErrorCode: '400', ErrorMessage: recursionText };
  const document =
    outcome !== undefined && outcome.kind !== 'platformFailed' ? parsed(outcome.payload) : undefined;
  const message =
    typeof document === 'object' && document !== null && 'errorMessage' in document
      ? String(document.errorMessage)
      : '';
  return { RequestID: requestId, ErrorCode: '200', ErrorMessage: message.slice(0, errorMessageLength) };
}

function parsed(payload: Buffer): unknown {
  if (payload.length === 0) return null;
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    return payload.toString('utf8');
  }
}
