import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { eventMessage } from '../../aws/event-stream';
import { type Clock, every } from '../../lib/clock';
import type { Journal } from '../../telemetry/journal';
import { eventsOf, type LogBatch } from '../../telemetry/log-line';
import type { LogGroup } from './log-groups';

/** What a session shows; the names are those of the operation's input. */
export interface LiveTailQuery {
  readonly groups: readonly { readonly identifier: string; readonly group: LogGroup }[];
  readonly logStreamNames: readonly string[];
  readonly logStreamNamePrefixes: readonly string[];
  readonly logEventFilterPattern: string;
  readonly matches: (text: string) => boolean;
}

interface ResultRow {
  readonly logStreamName: string;
  readonly logGroupIdentifier: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly ingestionTime: number;
}

const updateEveryMs = 1_000;
/** Of an update; of more events, the first ones are sent and the update says so. */
const mostRows = 500;
const longestMs = 3 * 60 * 60 * 1_000;
/** What may wait for a reader that is slow; updates beyond are dropped. */
const waitingMostBytes = 4 * 1024 * 1024;

/**
 * A session of `StartLiveTail`: log events of some groups as they come, in an update each second.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
 */
export class LiveTail {
  readonly #query: LiveTailQuery;
  readonly #identifiers: ReadonlyMap<string, string>;
  #rows: ResultRow[] = [];
  #isSampled = false;

  constructor(query: LiveTailQuery) {
    this.#query = query;
    this.#identifiers = new Map(
      query.groups.flatMap(({ identifier, group }) =>
        group.logs.map(({ functionName }) => [functionName, identifier] as const),
      ),
    );
  }

  /** Writes to the response until its reader goes or the session has lasted three hours. */
  begin(response: ServerResponse, journal: Journal, clock: Clock): void {
    response.writeHead(200, { 'Content-Type': 'application/vnd.amazon.eventstream' });
    // Clients of a JSON protocol wait for this before the first event.
    response.write(message('initial-response', {}));
    response.write(message('sessionStart', this.#start()));
    const endsMs = clock.now() + longestMs;
    const stopLogs = journal.follow((batch) => this.#take(batch));
    const updates = every(clock, updateEveryMs, () => {
      if (response.writableLength <= waitingMostBytes) response.write(this.#update());
      else this.#isSampled = true;
      if (clock.now() >= endsMs) response.end(timedOut());
    });
    response.once('close', () => {
      updates.clear();
      stopLogs();
    });
  }

  #start(): object {
    const { groups, logStreamNames, logStreamNamePrefixes, logEventFilterPattern } = this.#query;
    return {
      requestId: randomUUID(),
      sessionId: randomUUID(),
      logGroupIdentifiers: groups.map(({ identifier }) => identifier),
      logStreamNames,
      logStreamNamePrefixes,
      logEventFilterPattern,
    };
  }

  #take(batch: LogBatch): void {
    const { logStreamNames, logStreamNamePrefixes, matches } = this.#query;
    const logGroupIdentifier = this.#identifiers.get(batch.functionName);
    const { logStream, timeMs } = batch;
    if (logGroupIdentifier === undefined) return;
    if (logStreamNames.length > 0 && !logStreamNames.includes(logStream)) return;
    const hasPrefix = (prefix: string) => logStream.startsWith(prefix);
    if (logStreamNamePrefixes.length > 0 && !logStreamNamePrefixes.some(hasPrefix)) return;
    for (const { text } of eventsOf(batch)) {
      if (!matches(text)) continue;
      if (this.#rows.length === mostRows) {
        this.#isSampled = true;
        return;
      }
      this.#rows.push({
        logStreamName: logStream,
        logGroupIdentifier,
        message: text,
        timestamp: timeMs,
        ingestionTime: timeMs,
      });
    }
  }

  #update(): Buffer {
    const update = { sessionMetadata: { sampled: this.#isSampled }, sessionResults: this.#rows };
    this.#rows = [];
    this.#isSampled = false;
    return message('sessionUpdate', update);
  }
}

const message = (type: string, payload: object) =>
  eventMessage(type, 'application/x-amz-json-1.1', Buffer.from(JSON.stringify(payload)));

const timedOut = () =>
  eventMessage(
    'SessionTimeoutException',
    'application/x-amz-json-1.1',
    Buffer.from(JSON.stringify({ message: 'The session has lasted three hours. Start a new one.' })),
    'exception',
  );
