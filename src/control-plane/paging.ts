import { LambdaError } from '../aws/errors';

interface Asked {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly NextMarker?: string;
}

/**
 * A page of a list that is sorted by `keyOf` (by code units). A marker is the key of the last item of the previous
 * page, so that items which are added or removed meanwhile neither repeat nor hide others.
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { Marker, MaxItems }: Asked,
  most = 50,
): Page<T> {
  const after = Marker === undefined || Marker === '' ? undefined : keyFrom(Marker);
  const from = after === undefined ? 0 : firstBehind(all, keyOf, after);
  const items = all.slice(from, from + Math.min(MaxItems ?? most, most));
  const last = items.at(-1);
  const more = from + items.length < all.length;
  return { items, ...(more && last !== undefined && { NextMarker: markerOf(keyOf(last)) }) };
}

/** Index of the first item whose key is greater: found by halves, so that a page takes as long as any other one. */
function firstBehind<T>(all: readonly T[], keyOf: (item: T) => string, key: string): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = all[middle];
    if (item !== undefined && keyOf(item) > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Markers are opaque to callers. */
function markerOf(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

/** @throws {LambdaError} for an invalid marker; the service's text is not known */
function keyFrom(marker: string): string {
  try {
    const [key]: unknown[] = JSON.parse(Buffer.from(marker, 'base64url').toString());
    if (typeof key === 'string') return key;
  } catch {
    // Reported below.
  }
  throw new LambdaError('InvalidParameterValueException', `The marker ${marker} is not valid.`);
}
