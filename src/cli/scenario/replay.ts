import { parsed } from '../client/http';

/**
 * Request times from a file, in milliseconds from the first one. It is a CSV whose first column has times, or exported
 * log events with REPORT lines: the JSON of `aws logs filter-log-events`, or a line each with its time in front.
 * Times are ISO 8601, or seconds or milliseconds since the epoch.
 */
export function replayTimes(text: string): number[] {
  const times = (fromJson(text) ?? fromLines(text)).sort((a, b) => a - b);
  const [first = 0] = times;
  return times.map((time) => time - first);
}

function fromJson(text: string): number[] | undefined {
  const value = parsed(text);
  const events =
    typeof value === 'object' && value !== null && 'events' in value
      ? value.events
      : Array.isArray(value)
        ? value
        : undefined;
  if (!Array.isArray(events)) return undefined;
  return events.flatMap((event: { readonly timestamp?: unknown; readonly message?: unknown }) => {
    const { timestamp, message } = event;
    if (typeof timestamp !== 'number' || typeof message !== 'string') return [];
    return startOf(message, timestamp) ?? [];
  });
}

function fromLines(text: string): number[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const isLog = lines.some((line) => line.includes('REPORT RequestId:'));
  return lines.flatMap((line) => {
    const cell = /^"?([^",;\t ]+)/.exec(line.trim())?.[1] ?? '';
    const time = timeOf(cell);
    if (time === undefined) return [];
    return isLog ? (startOf(line, time) ?? []) : time;
  });
}

/** A REPORT line is written when its invocation is over; undefined for another line. */
function startOf(message: string, writtenAtMs: number): number | undefined {
  if (!message.includes('REPORT RequestId:')) return undefined;
  const figure = (name: string) => Number(new RegExp(`\\b${name}: ([\\d.]+) ms`).exec(message)?.[1] ?? 0);
  const [, duration = '0'] =
    /\tDuration: ([\d.]+) ms/.exec(message) ?? /\sDuration: ([\d.]+) ms/.exec(message) ?? [];
  return writtenAtMs - Number(duration) - figure('Init Duration');
}

/** Milliseconds since the epoch; undefined if the text is not a time, such as a column's header. */
function timeOf(cell: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(cell)) {
    const number = Number(cell);
    // As milliseconds, a time in seconds would lie in January 1970.
    return number < 100_000_000_000 ? number * 1_000 : number;
  }
  const time = /^\d{4}-\d\d-\d\dT/.test(cell) ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
