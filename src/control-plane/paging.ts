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
 * A page of a list that is ordered by `keyOf`. A marker stands for the key of the last item of the page before, so
 * that items which come and go meanwhile neither repeat nor hide others.
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { Marker, MaxItems }: Asked,
  most = 50,
): Page<T> {
  const after = Marker === undefined || Marker === '' ? undefined : keyFrom(Marker);
  const left = after === undefined ? all : all.filter((item) => keyOf(item) > after);
  const items = left.slice(0, Math.min(MaxItems ?? most, most));
  const last = items.at(-1);
  return {
    items,
    ...(items.length < left.length && last !== undefined && { NextMarker: markerOf(keyOf(last)) }),
  };
}

/** Markers are opaque to callers. */
function markerOf(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

/** @throws {LambdaError} for what is no marker of ours; the service's text for it is not known */
function keyFrom(marker: string): string {
  try {
    const [key]: unknown[] = JSON.parse(Buffer.from(marker, 'base64url').toString());
    if (typeof key === 'string') return key;
  } catch {
    // Told below.
  }
  throw new LambdaError('InvalidParameterValueException', `The marker ${marker} is not valid.`);
}
