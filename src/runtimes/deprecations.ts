/**
 * Deprecation dates of runtimes that lambdock runs:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated
 */
const deprecatedSince: Readonly<Record<string, string>> = {
  'python3.9': '2025-12-15',
  'nodejs16.x': '2024-06-12',
  'nodejs18.x': '2025-09-01',
  'nodejs20.x': '2026-04-30',
  dotnet6: '2024-12-20',
  dotnet8: '2026-11-10',
  'ruby3.2': '2026-03-31',
};

/** A message for the user; undefined for runtimes that AWS supports. */
export function deprecationNotice(runtime: string): string | undefined {
  const since = deprecatedSince[runtime];
  if (since === undefined) return undefined;
  return `${runtime} is deprecated by AWS since ${since}. It runs here, but choose a newer runtime before you deploy to AWS.`;
}
