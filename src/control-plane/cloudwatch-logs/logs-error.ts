/** An error of CloudWatch Logs, as its JSON protocol has it. */
export class LogsError extends Error {
  override readonly name = 'LogsError';

  constructor(
    readonly code: 'InvalidParameterException' | 'ResourceNotFoundException' | 'UnknownOperationException',
    message: string,
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string) => new LogsError('InvalidParameterException', message);
