import type { FunctionVersion } from '../function-version';
import type { Served } from './registry';

/**
 * Resolves a qualifier to a version: `$LATEST`, a number, or an alias, which may split its invocations between two
 * versions by weight. Undefined if the version cannot run.
 */
export function resolve(
  { versions, aliases }: Served,
  qualifier: string,
  random: () => number = Math.random,
): FunctionVersion | undefined {
  const alias = aliases.get(qualifier);
  if (alias === undefined) return versions.get(qualifier);
  let left = random();
  for (const [version, weight] of Object.entries(alias.weights)) {
    left -= weight;
    if (left < 0) return versions.get(version);
  }
  return versions.get(alias.version);
}
