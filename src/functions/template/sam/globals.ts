import { callOf, type Mapping, type Value } from '../values';
import type { Resource } from './resources';

/** A function has only one architecture, so its list replaces the global one. */
const replaced: ReadonlySet<string> = new Set(['Architectures']);

/**
 * Merges a function's properties into the global ones: mappings are merged, lists are appended, everything else is
 * replaced. Calls of intrinsic functions are replaced too, since their values are not known yet.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export function withGlobals(
  globals: Mapping | undefined,
  { properties: own, ignoresGlobals }: Resource,
): Mapping {
  if (globals === undefined || ignoresGlobals?.includes('*')) return own;
  const common = [...globals.entries].filter(([name]) => !ignoresGlobals?.includes(name));
  return mergedMapping({ ...globals, entries: new Map(common) }, own);
}

function mergedMapping(common: Mapping, own: Mapping): Mapping {
  const entries = new Map(common.entries);
  for (const [name, value] of own.entries) {
    const before = entries.get(name);
    entries.set(name, before === undefined || replaced.has(name) ? value : merged(before, value));
  }
  return { ...own, entries };
}

function merged(common: Value, own: Value): Value {
  if (callOf(common) || callOf(own)) return own;
  if (common.kind === 'mapping' && own.kind === 'mapping') return mergedMapping(common, own);
  if (common.kind === 'list' && own.kind === 'list') {
    return { ...own, items: [...common.items, ...own.items] };
  }
  return own;
}
