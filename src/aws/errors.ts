/**
 * The errors that Lambda's API answers, by blame. Status, fault and the body's key for the text follow the
 * service model (`ErrorModel` traits of `@aws-sdk/client-lambda`'s schemas); a test holds this table against it.
 */
const table = {
  InvalidParameterValueException: { status: 400, fault: 'User', key: 'message' },
  InvalidRequestContentException: { status: 400, fault: 'User', key: 'message' },
  UnsupportedMediaTypeException: { status: 415, fault: 'User', key: 'message' },
  ResourceNotFoundException: { status: 404, fault: 'User', key: 'Message' },
  ResourceNotReadyException: { status: 502, fault: 'Service', key: 'message' },
  ResourceConflictException: { status: 409, fault: 'User', key: 'message' },
  RequestTooLargeException: { status: 413, fault: 'User', key: 'message' },
  /** Not in the model; what the service is seen to answer for a payload above the limit. */
  RequestEntityTooLargeException: { status: 413, fault: 'User', key: 'message' },
  TooManyRequestsException: { status: 429, fault: 'User', key: 'message' },
  InvalidRuntimeException: { status: 502, fault: 'Service', key: 'Message' },
  InvalidZipFileException: { status: 502, fault: 'Service', key: 'Message' },
  /** What an AWS service answers to a path that it does not know. */
  UnknownOperationException: { status: 404, fault: 'User', key: 'message' },
  ServiceException: { status: 500, fault: 'Service', key: 'Message' },
} as const satisfies Record<
  string,
  { status: number; fault: 'User' | 'Service'; key: 'message' | 'Message' }
>;

export type LambdaErrorCode = keyof typeof table;

/** Thrown where the caller or the platform failed; the HTTP edge renders it. */
export class LambdaError extends Error {
  override readonly name = 'LambdaError';

  constructor(
    readonly code: LambdaErrorCode,
    message: string,
    /** Further members of the error's shape, e.g. `Reason` of `TooManyRequestsException`. */
    readonly members: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): number {
    return table[this.code].status;
  }

  /** The JSON body as the service sends it; the code itself goes into the `x-amzn-ErrorType` header. */
  body(): Record<string, string> {
    const { fault, key } = table[this.code];
    return { ...this.members, Type: fault, [key]: this.message };
  }
}

export const lambdaErrors: Readonly<Record<string, { status: number; fault: string; key: string }>> = table;
