const operators: ReadonlySet<string> = new Set([
  ...['prefix', 'suffix', 'equals-ignore-case', 'anything-but', 'numeric', 'exists', 'cidr', 'wildcard'],
]);

/**
 * Whether a text is a filter for events: an object of objects, and at their ends lists of values and of rules such as
 * `{ "prefix": "a" }`. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function isFilterPattern(text: string): boolean {
  try {
    return isBranch(JSON.parse(text));
  } catch {
    return false;
  }
}

function isBranch(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, each]) =>
    key === '$or'
      ? Array.isArray(each) && each.length > 1 && each.every(isBranch)
      : Array.isArray(each)
        ? each.length > 0 && each.every(isRule)
        : isBranch(each),
  );
}

function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const names = Object.keys(value);
  return !Array.isArray(value) && names.length === 1 && operators.has(names[0] ?? '');
}
