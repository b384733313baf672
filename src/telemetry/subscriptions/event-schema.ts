import type { Subscription, TelemetryEvent } from './subscription';

type SchemaOf = Pick<Subscription, 'api' | 'schemaVersion'>;

/** First schema in which records can be JSON objects. In earlier schemas they are text. */
const structuredSince = '2022-12-13';

/**
 * The JSON of an event in a subscriber's API and schema version; undefined if they do not have it.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html
 */
export function eventText(
  { timeMs, kind, type, record }: TelemetryEvent,
  schema: SchemaOf,
): string | undefined {
  const { api, schemaVersion } = schema;
  const time = new Date(timeMs).toISOString();
  if (kind !== 'platform') {
    const isStructured = api === 'telemetry' && schemaVersion >= structuredSince;
    const line = String(record);
    // A line that is already JSON is not encoded again.
    const text = isStructured && isJsonObject(line) ? line : JSON.stringify(line);
    return `{"time":"${time}","type":"${type}","record":${text}}`;
  }
  const content =
    api === 'telemetry' ? telemetryRecord(type, record) : logsRecord(type, record, schemaVersion);
  return content === undefined ? undefined : JSON.stringify({ time, type, record: content });
}

type EventRecord = TelemetryEvent['record'];

const logsOnly: ReadonlySet<string> = new Set([
  'platform.end',
  'platform.fault',
  'platform.logsSubscription',
]);

function telemetryRecord(type: string, record: EventRecord): EventRecord | undefined {
  return logsOnly.has(type) ? undefined : record;
}

/** Members of records in the Logs API, which has no other types. */
const logsMembers: Readonly<Record<string, readonly string[]>> = {
  'platform.start': ['requestId', 'version'],
  'platform.end': ['requestId'],
  'platform.report': ['requestId', 'metrics'],
  'platform.extension': ['name', 'state', 'events', 'errorType'],
  'platform.logsSubscription': ['name', 'state', 'types'],
  'platform.logsDropped': ['reason', 'droppedRecords', 'droppedBytes'],
  'platform.runtimeDone': ['requestId', 'status'],
};

function logsRecord(type: string, record: EventRecord, schemaVersion: string): EventRecord | undefined {
  if (type === 'platform.fault') return record;
  const members = logsMembers[type];
  if (members === undefined || typeof record === 'string') return undefined;
  // The second schema version introduced it.
  if (type === 'platform.runtimeDone' && schemaVersion < '2021-03-18') return undefined;
  return Object.fromEntries(members.flatMap((name) => (name in record ? [[name, record[name]]] : [])));
}

function isJsonObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
