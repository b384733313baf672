/**
 * The errors of Lambda's API. Status, fault and the body's key for the message are those of the service model
 * (`ErrorModel` traits in the schemas of `@aws-sdk/client-lambda`). A test compares this table with the model.
 */
const table = {
  InvalidParameterValueException: { status: 400, fault: 'User', key: 'message' },
  InvalidRequestContentException: { status: 400, fault: 'User', key: 'message' },
  UnsupportedMediaTypeException: { status: 415, fault: 'User', key: 'message' },
  ResourceNotFoundException: { status: 404, fault: 'User', key: 'Message' },
  ResourceNotReadyException: { status: 502, fault: 'Service', key: 'message' },
  ResourceConflictException: { status: 409, fault: 'User', key: 'message' },
  ResourceInUseException: { status: 400, fault: 'User', key: 'Message' },
  PreconditionFailedException: { status: 412, fault: 'User', key: 'message' },
  PolicyLengthExceededException: { status: 400, fault: 'User', key: 'message' },
  CodeStorageExceededException: { status: 400, fault: 'User', key: 'message' },
  CodeSigningConfigNotFoundException: { status: 404, fault: 'User', key: 'Message' },
  ProvisionedConcurrencyConfigNotFoundException: { status: 404, fault: 'User', key: 'message' },
  RequestTooLargeException: { status: 413, fault: 'User', key: 'message' },
  TooManyRequestsException: { status: 429, fault: 'User', key: 'message' },
  InvalidRuntimeException: { status: 502, fault: 'Service', key: 'Message' },
  InvalidZipFileException: { status: 502, fault: 'Service', key: 'Message' },
  RecursiveInvocationException: { status: 400, fault: 'User', key: 'Message' },
  SnapStartTimeoutException: { status: 408, fault: 'User', key: 'Message' },
  ServiceException: { status: 500, fault: 'Service', key: 'Message' },
} as const satisfies Table;

/**
 * Errors that the model does not have. They come from layers in front of the service that AWS's services share. Most
 * have no `Type`. Statuses and keys were recorded from the real service.
 */
const unmodelled = {
  /** The recorded response to a payload above the limit. */
  RequestEntityTooLargeException: { status: 413, fault: 'User', key: 'message' },
  /** The input violates constraints of the model. */
  ValidationException: { status: 400, key: 'message' },
  /** The body does not have the types of the model. */
  SerializationException: { status: 400, key: 'Message' },
  /** The path does not belong to an operation. */
  UnknownOperationException: { status: 404, fault: 'User', key: 'message' },
  /** The resource belongs to another account. */
  AccessDeniedException: { status: 403, key: 'Message' },
  /** Not an error of AWS: this machine's disk is full. SDKs do not retry this status. */
  InsufficientStorageException: { status: 507, fault: 'Service', key: 'Message' },
  MissingAuthenticationTokenException: { status: 403, key: 'message' },
  IncompleteSignatureException: { status: 403, key: 'message' },
  UnrecognizedClientException: { status: 403, key: 'message' },
  InvalidSignatureException: { status: 403, key: 'message' },
} as const satisfies Table;

interface ErrorShape {
  readonly status: number;
  /** The body's `Type`, which says who caused the error; absent if the body has no `Type`. */
  readonly fault?: 'User' | 'Service';
  /** The body's key for the message. */
  readonly key: 'message' | 'Message';
}

type Table = Readonly<Record<string, ErrorShape>>;

const shapes: Record<LambdaErrorCode, ErrorShape> = { ...table, ...unmodelled };

export type LambdaErrorCode = keyof typeof table | keyof typeof unmodelled;

/** Thrown for errors of the caller or the platform. The HTTP layer turns it into a response. */
export class LambdaError extends Error {
  override readonly name = 'LambdaError';

  constructor(
    readonly code: LambdaErrorCode,
    message: string,
    /** Further members of the error's shape, e.g. `Reason` of `TooManyRequestsException`. */
    readonly members: Readonly<Record<string, string>> = {},
    private readonly options: ErrorOptions & {
      /** Whether the body has no `Type`, as recorded for some of the service's errors. */
      readonly blameless?: boolean;
      /** Whether the body's message is null, as recorded from the service. The message is only logged. */
      readonly wordless?: boolean;
    } = {},
  ) {
    super(message, options);
  }

  get status(): number {
    return shapes[this.code].status;
  }

  /** The JSON body in the service's format. The code is sent in the header `x-amzn-ErrorType`. */
  body(): Record<string, string | null> {
    const { fault, key } = shapes[this.code];
    const { blameless = false, wordless = false } = this.options;
    const blame = fault !== undefined && !blameless;
    return { ...this.members, ...(blame && { Type: fault }), [key]: wordless ? null : this.message };
  }
}

/** The errors of the model. */
export const lambdaErrors: Table = table;
