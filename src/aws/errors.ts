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
 * Errors that the model does not have: those of the layers before the service itself, which AWS's services have in
 * common. Most have no `Type`. Statuses and keys are as recorded from the real service.
 */
const unmodelled = {
  /** What the service is seen to answer for a payload above the limit. */
  RequestEntityTooLargeException: { status: 413, fault: 'User', key: 'message' },
  /** Constraints of the model that an input breaks. */
  ValidationException: { status: 400, key: 'message' },
  /** A body that does not have the model's types. */
  SerializationException: { status: 400, key: 'Message' },
  /** A path that is no operation's. */
  UnknownOperationException: { status: 404, fault: 'User', key: 'message' },
  /** Something of another account. */
  AccessDeniedException: { status: 403, key: 'Message' },
  /** Not of the service: this machine's disk is full. SDKs do not retry the status. */
  InsufficientStorageException: { status: 507, fault: 'Service', key: 'Message' },
  MissingAuthenticationTokenException: { status: 403, key: 'message' },
  IncompleteSignatureException: { status: 403, key: 'message' },
  UnrecognizedClientException: { status: 403, key: 'message' },
  InvalidSignatureException: { status: 403, key: 'message' },
} as const satisfies Table;

interface ErrorShape {
  readonly status: number;
  /** Who is to blame, as the body's `Type` says; absent where the body has none. */
  readonly fault?: 'User' | 'Service';
  /** The body's key for the text. */
  readonly key: 'message' | 'Message';
}

type Table = Readonly<Record<string, ErrorShape>>;

const shapes: Record<LambdaErrorCode, ErrorShape> = { ...table, ...unmodelled };

export type LambdaErrorCode = keyof typeof table | keyof typeof unmodelled;

/** Thrown where the caller or the platform failed; the HTTP edge renders it. */
export class LambdaError extends Error {
  override readonly name = 'LambdaError';

  constructor(
    readonly code: LambdaErrorCode,
    message: string,
    /** Further members of the error's shape, e.g. `Reason` of `TooManyRequestsException`. */
    readonly members: Readonly<Record<string, string>> = {},
    private readonly options: ErrorOptions & {
      /** Whether the body has no `Type`: some of the service's errors were recorded without it. */
      readonly blameless?: boolean;
      /** Whether the body's text is null, as the service was recorded to send it; the message is for logs. */
      readonly wordless?: boolean;
    } = {},
  ) {
    super(message, options);
  }

  get status(): number {
    return shapes[this.code].status;
  }

  /** The JSON body as the service sends it; the code itself goes into the `x-amzn-ErrorType` header. */
  body(): Record<string, string | null> {
    const { fault, key } = shapes[this.code];
    const { blameless = false, wordless = false } = this.options;
    const blame = fault !== undefined && !blameless;
    return { ...this.members, ...(blame && { Type: fault }), [key]: wordless ? null : this.message };
  }
}

/** The errors of the model. */
export const lambdaErrors: Table = table;
