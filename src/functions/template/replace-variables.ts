import type { FunctionVariables, GivenValues } from './given-values';

/**
 * Replaces a function's variables with the given ones. As in SAM, names that the template does not have are ignored:
 * the function would not have them on Lambda either.
 */
export function replaceVariables(
  environment: GivenValues,
  names: readonly string[],
  given: FunctionVariables = {},
): GivenValues {
  const values: GivenValues = Object.assign({}, given.Parameters, ...names.map((name) => given[name] ?? {}));
  return Object.freeze(
    Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, values[name] ?? value])),
  );
}
