import type { FunctionVariables, GivenValues } from './given-values';

/**
 * A function's variables with those replaced that are given for it. As with SAM, only those that the template has are:
 * on Lambda, the function would not have others either.
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
