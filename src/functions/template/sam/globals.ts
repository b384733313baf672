import { callOf, type Mapping, type Value } from '../values';
import type { Resource } from './resources';

/** A function has one architecture, so that a list of its own cannot be meant to add to the common one. */
const replaced: ReadonlySet<string> = new Set(['Architectures']);

/**
 * What a function says, on top of what all functions have in common: mappings are merged, lists appended,
 * everything else replaced; so are calls of functions, whose values are not known yet.
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
