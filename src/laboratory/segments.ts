import type { SegmentTrace } from '../operator-api/contract';
import { rounded } from './rounded';

/** The members of an X-Ray segment document that lambdock shows. Times in seconds since the epoch. */
interface SegmentDocument {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly trace_id?: unknown;
  readonly parent_id?: unknown;
  readonly start_time?: unknown;
  readonly end_time?: unknown;
  readonly error?: unknown;
  readonly fault?: unknown;
  readonly throttle?: unknown;
  readonly subsegments?: unknown;
}

export interface ReceivedSegments {
  /** The trace's `Root`, for example `1-581cf771-a006649127e371903a2de979`. */
  readonly traceId: string;
  /** The segment and its subsegments. */
  readonly segments: readonly SegmentTrace[];
}

/** Limit of segments per invocation. Further ones are dropped. */
export const segmentsMost = 200;
/** X-Ray's limit for names. */
const nameMost = 200;
const depthMost = 20;

/**
 * Parses a datagram for X-Ray's daemon: a JSON header, a line break and a segment document.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 * @returns undefined for other datagrams and for segments that are still in progress
 */
export function readSegments(bytes: Buffer): ReceivedSegments | undefined {
  const document = documentIn(bytes);
  const traceId = document?.trace_id;
  if (document === undefined || typeof traceId !== 'string') return undefined;
  const segments = flattened(document, document.parent_id, depthMost).slice(0, segmentsMost);
  return segments.length === 0 ? undefined : { traceId, segments };
}

function documentIn(bytes: Buffer): SegmentDocument | undefined {
  const headerEnd = bytes.indexOf(10);
  if (headerEnd < 0) return undefined;
  try {
    const { format } = JSON.parse(bytes.toString('utf8', 0, headerEnd)) as { readonly format?: unknown };
    const document: unknown = JSON.parse(bytes.toString('utf8', headerEnd + 1));
    return format === 'json' && typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

function flattened(document: SegmentDocument, parentId: unknown, depth: number): readonly SegmentTrace[] {
  const { id, name, start_time: start, end_time: end, error, fault, throttle, subsegments } = document;
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id) || typeof name !== 'string') return [];
  if (typeof start !== 'number' || typeof end !== 'number') return [];
  const segment: SegmentTrace = {
    id,
    ...(typeof parentId === 'string' && /^[0-9a-f]{16}$/.test(parentId) && { parentId }),
    name: name.slice(0, nameMost),
    at: rounded(start * 1_000),
    durationMs: rounded(Math.max(0, end - start) * 1_000),
    ...([error, fault, throttle].includes(true) && { isError: true as const }),
  };
  const inner = depth > 0 && Array.isArray(subsegments) ? subsegments : [];
  return [
    segment,
    ...inner.flatMap((each: unknown) =>
      typeof each === 'object' && each !== null ? flattened(each, id, depth - 1) : [],
    ),
  ];
}
