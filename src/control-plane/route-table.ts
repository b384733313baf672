import type { OperationName } from '../aws/constraints';
import { decodedSegment } from '../lib/uri';
import { type Route, routes } from './operations';

/** An operation that a request asks for, with the parts of its path by the members' names, decoded. */
export interface Match {
  readonly operation: OperationName;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

interface Entry {
  readonly operation: OperationName;
  readonly segments: readonly string[];
  /** `name=value` in the query that distinguishes it from others of its path. */
  readonly marker?: readonly [string, string];
}

/** By method, number of segments and the path's first two (date and kind), so that few are left to compare. */
const table = buildTable();

/** The operation behind a method and a request's target; undefined for an unknown one. */
export function findOperation(method: string, target: string): Match | undefined {
  const [pathname = '', search = ''] = splitOnce(target, '?');
  // Older SDKs and the AWS CLI end the paths of collections with a slash.
  const segments = pathname.replace(/^\//, '').replace(/\/$/, '').split('/');
  const query = new URLSearchParams(search);
  for (const { operation, segments: wanted, marker } of table.get(keyOf(method, segments)) ?? []) {
    if (marker !== undefined && query.get(marker[0]) !== marker[1]) continue;
    const path = parts(wanted, segments);
    if (path !== undefined) return { operation, path, query };
  }
  return undefined;
}

function buildTable(): ReadonlyMap<string, readonly Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const [operation, { method, path }] of Object.entries(routes) as [OperationName, Route][]) {
    const [pathname = '', search] = splitOnce(path, '?');
    const segments = pathname.slice(1).split('/');
    const [name, value] = splitOnce(search ?? '', '=');
    const marker = name !== undefined && value !== undefined ? ([name, value] as const) : undefined;
    const entry: Entry = { operation, segments, ...(marker !== undefined && { marker }) };
    const key = keyOf(method, segments);
    const others = entries.get(key) ?? [];
    // Routes with a marker are checked first, since the others match any query.
    entries.set(key, marker === undefined ? [...others, entry] : [entry, ...others]);
  }
  return entries;
}

function keyOf(method: string, [date = '', kind = '', ...rest]: readonly string[]): string {
  return `${method} ${date} ${kind} ${rest.length}`;
}

function parts(
  wanted: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const [index, expected] of wanted.entries()) {
    const segment = segments[index] ?? '';
    const member = /^\{(\w+)\}$/.exec(expected)?.[1];
    if (member === undefined) {
      if (segment !== expected) return undefined;
    } else {
      if (segment === '') return undefined;
      found[member] = decodedSegment(segment);
    }
  }
  return found;
}

function splitOnce(text: string, separator: string): [string?, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
