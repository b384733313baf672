/** The name that the operating system gives an error, e.g. `ENOENT`; undefined for errors of other origin. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
