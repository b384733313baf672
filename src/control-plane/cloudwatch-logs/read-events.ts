import type { ArchivedEvent, LogArchive } from '../../telemetry/log-archive';
import type { LogGroup } from './log-groups';
import { type Positions, positionsOf, tokenOf } from './page-token';

/** No answer has more text, so that a page is made and sent in little time. */
const pageLength = 1_048_576;
/** Most bytes that are read for a page: a page may be empty, and the next one continues. */
const scanLength = 16 * 1_048_576;

export interface EventQuery {
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
  readonly matches: (event: ArchivedEvent) => boolean;
  readonly limit: number;
}

export interface EventPage {
  readonly events: readonly ArchivedEvent[];
  /** Behind the last event that was looked at. */
  readonly token: string;
  /** Nothing is left. */
  readonly isLast: boolean;
}

/** The first events that match, in the order of time. */
export async function firstEvents(
  archive: LogArchive,
  group: LogGroup,
  query: EventQuery,
  token?: string,
): Promise<EventPage> {
  const positions: Record<string, Positions[string]> = token === undefined ? {} : { ...positionsOf(token) };
  const events: ArchivedEvent[] = [];
  let [length, scanned] = [0, 0];
  for await (const { functionName, event } of merged(archive, group, positions, query.fromMs)) {
    const isWanted = isWithin(event, query) && query.matches(event);
    if (isWanted && events.length > 0 && length + event.text.length > pageLength)
      return { events, token: tokenOf(positions), isLast: false };
    positions[functionName] = event.position;
    scanned += event.text.length;
    if (isWanted) {
      events.push(event);
      length += event.text.length;
    }
    if (events.length === query.limit || scanned > scanLength)
      return { events, token: tokenOf(positions), isLast: false };
  }
  return { events, token: tokenOf(positions), isLast: true };
}

/** The last events that match, before the one with the id if there is one. */
export async function lastEvents(
  archive: LogArchive,
  group: LogGroup,
  query: EventQuery,
  beforeId?: string,
): Promise<EventPage> {
  const positions: Record<string, Positions[string]> = {};
  const events: ArchivedEvent[] = [];
  let length = 0;
  for await (const { functionName, event } of merged(archive, group, {}, query.fromMs)) {
    if (event.id === beforeId) break;
    positions[functionName] = event.position;
    if (!isWithin(event, query) || !query.matches(event)) continue;
    events.push(event);
    length += event.text.length;
    while (events.length > query.limit || (length > pageLength && events.length > 1))
      length -= events.shift()?.text.length ?? 0;
  }
  return { events, token: tokenOf(positions), isLast: true };
}

const isWithin = (
  { timeMs }: ArchivedEvent,
  { fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: EventQuery,
) => timeMs >= fromMs && timeMs < untilMs;

/** The events of all functions of a group, by time. */
export async function* merged(
  archive: LogArchive,
  group: LogGroup,
  positions: Positions,
  sinceMs?: number,
): AsyncGenerator<{ readonly functionName: string; readonly event: ArchivedEvent }> {
  const sources = group.logs.map(({ functionName }) => ({
    functionName,
    chunks: archive.events(functionName, { after: positions[functionName], sinceMs }),
    waiting: [] as readonly ArchivedEvent[],
    at: 0,
    isOver: false,
  }));
  try {
    for (;;) {
      let first: { readonly source: (typeof sources)[number]; readonly event: ArchivedEvent } | undefined;
      for (const source of sources) {
        while (source.at === source.waiting.length && !source.isOver) {
          const next = await source.chunks.next();
          source.isOver = next.done === true;
          source.waiting = next.done ? [] : next.value;
          source.at = 0;
        }
        const event = source.waiting[source.at];
        if (event !== undefined && (first === undefined || event.timeMs < first.event.timeMs))
          first = { source, event };
      }
      if (first === undefined) return;
      first.source.at += 1;
      yield { functionName: first.source.functionName, event: first.event };
    }
  } finally {
    for (const { chunks } of sources) await chunks.return(undefined);
  }
}
