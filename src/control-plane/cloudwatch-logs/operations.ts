import type { Scope } from '../../functions/registry/state';
import type { ArchivedEvent, LogArchive } from '../../telemetry/log-archive';
import { filterOf } from './filter-pattern';
import { LiveTail } from './live-tail';
import type { LogGroup, LogGroups } from './log-groups';
import { groupName, type LogInput } from './log-input';
import { invalidParameter } from './logs-error';
import { firstEvents, lastEvents, merged } from './read-events';

export interface LogsParts {
  readonly groups: LogGroups;
  readonly archive: LogArchive;
}

type Operation = (input: LogInput, scope: Scope, parts: LogsParts) => Promise<object>;

const mostDescribed = 50;
const mostEvents = 10_000;

/** The reading half of https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export const logsOperations: Readonly<Record<string, Operation>> = {
  async DescribeLogGroups(input, scope, { groups }) {
    const prefix = input.text('logGroupNamePrefix') ?? '';
    const pattern = (input.text('logGroupNamePattern') ?? '').toLowerCase();
    const found = (await groups.all(scope)).filter(
      ({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern),
    );
    const { items, nextToken } = page(found, input);
    return { logGroups: items.map((group) => groupOf(group, scope)), ...nextToken };
  },

  async DescribeLogStreams(input, scope, { groups, archive }) {
    const group = await groups.one(scope, input.group());
    const prefix = input.text('logStreamNamePrefix') ?? '';
    const order = input.text('orderBy') ?? 'LogStreamName';
    if (order !== 'LogStreamName' && order !== 'LastEventTime')
      throw invalidParameter('orderBy must be LogStreamName or LastEventTime');
    if (order === 'LastEventTime' && prefix !== '')
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    const streams = [...(await streamsOf(archive, group)).values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort((a, b) =>
        order === 'LastEventTime' ? a.lastMs - b.lastMs : a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
      );
    if (input.flag('descending')) streams.reverse();
    const { items, nextToken } = page(streams, input);
    const arn = arnOf(scope, group.name);
    const logStreams = items.map(({ name, firstMs, lastMs }) => ({
      logStreamName: name,
      creationTime: firstMs,
      firstEventTimestamp: firstMs,
      lastEventTimestamp: lastMs,
      lastIngestionTime: lastMs,
      arn: `${arn}:log-stream:${name}`,
      storedBytes: 0,
    }));
    return { logStreams, ...nextToken };
  },

  async GetLogEvents(input, scope, { groups, archive }) {
    const group = await groups.one(scope, input.group());
    const stream = input.text('logStreamName');
    if (stream === undefined) throw invalidParameter('logStreamName is required.');
    const query = {
      ...timesOf(input),
      limit: input.limit(mostEvents),
      matches: ({ logStream }: ArchivedEvent) => logStream === stream,
    };
    const [, direction, at] = /^([fb])\/(.*)$/.exec(input.text('nextToken') ?? '') ?? [];
    if (at === undefined && input.text('nextToken') !== undefined)
      throw invalidParameter('The specified nextToken is invalid.');
    const isForward = direction === undefined ? input.flag('startFromHead') : direction === 'f';
    const read = isForward
      ? await firstEvents(archive, group, query, at)
      : await lastEvents(archive, group, query, at);
    const { events, token } = read;
    return {
      events: events.map((event) => eventOf(event)),
      nextForwardToken: `f/${token}`,
      nextBackwardToken: `b/${events[0]?.id ?? (isForward ? '' : (at ?? ''))}`,
    };
  },

  async FilterLogEvents(input, scope, { groups, archive }) {
    const group = await groups.one(scope, input.group());
    const names = input.texts('logStreamNames');
    const prefix = input.text('logStreamNamePrefix');
    if (names !== undefined && prefix !== undefined)
      throw invalidParameter('Give either logStreamNames or logStreamNamePrefix, not both.');
    const matches = filterOf(input.text('filterPattern') ?? '');
    const query = {
      ...timesOf(input),
      limit: input.limit(mostEvents),
      matches: ({ logStream, text }: ArchivedEvent) =>
        (names === undefined || names.includes(logStream)) &&
        (prefix === undefined || logStream.startsWith(prefix)) &&
        matches(text),
    };
    const { events, token, isLast } = await firstEvents(archive, group, query, input.text('nextToken'));
    return {
      events: events.map((event) => ({
        logStreamName: event.logStream,
        ...eventOf(event),
        eventId: event.id,
      })),
      searchedLogStreams: [],
      ...(!isLast && { nextToken: token }),
    };
  },
};

/** `StartLiveTail`, whose answer goes on. */
export async function startLiveTail(input: LogInput, scope: Scope, { groups }: LogsParts): Promise<LiveTail> {
  const identifiers = input.texts('logGroupIdentifiers') ?? [];
  if (identifiers.length < 1 || identifiers.length > 10)
    throw invalidParameter('logGroupIdentifiers must have 1 to 10 members.');
  const logStreamNames = input.texts('logStreamNames') ?? [];
  const logStreamNamePrefixes = input.texts('logStreamNamePrefixes') ?? [];
  if (logStreamNames.length > 0 && logStreamNamePrefixes.length > 0)
    throw invalidParameter('Give either logStreamNames or logStreamNamePrefixes, not both.');
  if (identifiers.length > 1 && logStreamNames.length + logStreamNamePrefixes.length > 0)
    throw invalidParameter('Streams can be chosen of one log group alone. Give one in logGroupIdentifiers.');
  const logEventFilterPattern = input.text('logEventFilterPattern') ?? '';
  const matches = filterOf(logEventFilterPattern);
  const found = identifiers.map(async (identifier) => ({
    identifier,
    group: await groups.one(scope, groupName(identifier)),
  }));
  return new LiveTail({
    groups: await Promise.all(found),
    logStreamNames,
    logStreamNamePrefixes,
    logEventFilterPattern,
    matches,
  });
}

/** A line is there as soon as it is written. */
const eventOf = ({ timeMs, text }: ArchivedEvent) => ({
  timestamp: timeMs,
  message: text,
  ingestionTime: timeMs,
});

function timesOf(input: LogInput) {
  return { fromMs: input.time('startTime'), untilMs: input.time('endTime') };
}

const arnOf = ({ region, accountId }: Scope, group: string) =>
  `arn:aws:logs:${region}:${accountId}:log-group:${group}`;

function groupOf({ name, logs, createdMs }: LogGroup, scope: Scope): object {
  const arn = arnOf(scope, name);
  return {
    logGroupName: name,
    creationTime: createdMs,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: logs.reduce((sum, { bytes }) => sum + bytes, 0),
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
  };
}

interface Stream {
  readonly name: string;
  readonly firstMs: number;
  lastMs: number;
}

async function streamsOf(archive: LogArchive, group: LogGroup): Promise<ReadonlyMap<string, Stream>> {
  const streams = new Map<string, Stream>();
  for await (const { event } of merged(archive, group, {})) {
    const { logStream: name, timeMs } = event;
    const stream = streams.get(name);
    if (stream === undefined) streams.set(name, { name, firstMs: timeMs, lastMs: timeMs });
    else stream.lastMs = Math.max(stream.lastMs, timeMs);
  }
  return streams;
}

function page<T>(all: readonly T[], input: LogInput) {
  const token = input.text('nextToken');
  const from = token === undefined ? 0 : Number(/^\d{1,9}$/.exec(token)?.[0] ?? Number.NaN);
  if (Number.isNaN(from)) throw invalidParameter('The specified nextToken is invalid.');
  const until = from + input.limit(mostDescribed);
  return { items: all.slice(from, until), nextToken: until < all.length ? { nextToken: String(until) } : {} };
}
