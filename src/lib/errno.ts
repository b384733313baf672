/** The name that the operating system gives an error, e.g. `ENOENT`; undefined for errors of other origin. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Like `errnoOf`, but also looks at causes and parts of the error. */
export function rootErrnoOf(error: unknown): string | undefined {
  const code = errnoOf(error);
  if (code !== undefined || !(error instanceof Error)) return code;
  // Connecting to `localhost` fails once for each of its addresses.
  if (error instanceof AggregateError)
    return error.errors.map(rootErrnoOf).find((each) => each !== undefined);
  return rootErrnoOf(error.cause);
}
