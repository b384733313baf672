/**
 * Something that whoever typed the command can put right. It is shown as it is, without a stack: the
 * message says what was wrong and, after it, the next step.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** Node's code of a system error (`ECONNREFUSED`, `ENOENT`), also where it is wrapped in another error. */
export function rootErrnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // What both addresses of `localhost` answered comes as an aggregate of two errors.
  if (error instanceof AggregateError)
    return error.errors.map(rootErrnoOf).find((code) => code !== undefined);
  return rootErrnoOf(error.cause);
}
