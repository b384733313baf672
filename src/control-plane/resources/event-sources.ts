import { isDeepStrictEqual } from 'node:util';
import { isFilterPattern } from './filter-patterns';
import type { Mapping } from './mappings';
import { invalidValue } from './parts';

export type SourceKind = 'sqs' | 'kinesis' | 'dynamodb' | 'kafka' | 'selfManagedKafka' | 'mq' | 'docdb';

type Settings = Mapping['settings'];

const byService: Readonly<Record<string, SourceKind>> = {
  sqs: 'sqs',
  kinesis: 'kinesis',
  dynamodb: 'dynamodb',
  kafka: 'kafka',
  mq: 'mq',
  rds: 'docdb',
};

/** @throws {LambdaError} if there is no source, or Lambda does not support it */
export function sourceKind({ EventSourceArn: arn, SelfManagedEventSource: own }: Settings): SourceKind {
  const kind = arn === undefined ? own && 'selfManagedKafka' : byService[arn.split(':')[2] ?? ''];
  if (kind !== undefined) return kind;
  throw invalidValue('Unrecognized event source.');
}

const streamDefaults = {
  BatchSize: 100,
  BisectBatchOnFunctionError: false,
  DestinationConfig: { OnFailure: {} },
  FunctionResponseTypes: [],
  MaximumBatchingWindowInSeconds: 0,
  MaximumRecordAgeInSeconds: -1,
  MaximumRetryAttempts: -1,
  ParallelizationFactor: 1,
  TumblingWindowInSeconds: 0,
} as const;

/** Defaults of a new mapping; a kind lacks the fields that it does not support. */
export const sourceDefaults: Readonly<Record<SourceKind, Partial<Settings>>> = {
  sqs: { BatchSize: 10, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] },
  kinesis: streamDefaults,
  dynamodb: streamDefaults,
  kafka: { BatchSize: 100, MaximumBatchingWindowInSeconds: 0, DestinationConfig: { OnFailure: {} } },
  selfManagedKafka: {
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 0,
    DestinationConfig: { OnFailure: {} },
  },
  mq: { BatchSize: 100, MaximumBatchingWindowInSeconds: 0 },
  docdb: { BatchSize: 100, MaximumBatchingWindowInSeconds: 0 },
};

const streams: ReadonlySet<SourceKind> = new Set(['kinesis', 'dynamodb']);

export const isStream = (kind: SourceKind) => streams.has(kind);
export const isKafka = (kind: SourceKind) => kind === 'kafka' || kind === 'selfManagedKafka';

/**
 * What the service checks beyond the model's constraints. The first two texts are recorded, those on positions and
 * filters as well; the one on pollers' other settings is left to the model.
 * @throws {LambdaError}
 */
export function checkSource(kind: SourceKind, settings: Settings): void {
  const { BatchSize = 0, MaximumBatchingWindowInSeconds: window = 0, StartingPosition: position } = settings;
  if (settings.DestinationConfig?.OnSuccess !== undefined) throw unsupported('DestinationConfig');
  if (settings.ScalingConfig !== undefined && kind !== 'sqs') throw unsupported('ScalingConfig');
  if (kind === 'selfManagedKafka' && settings.SourceAccessConfigurations === undefined) {
    throw invalidValue("Required 'sourceAccessConfigurations' parameter is missing.");
  }
  if (kind === 'sqs' && BatchSize > 10 && window < 1) {
    throw invalidValue(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (position === undefined && (isStream(kind) || kind === 'kafka')) {
    throw invalidValue(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (kind === 'sqs' && position !== undefined) {
    throw invalidValue('StartingPosition is not valid for SQS event sources.');
  }
  if (settings.StartingPositionTimestamp !== undefined && position !== 'AT_TIMESTAMP') {
    throw invalidValue('Timestamp only valid with StartingPosition AT_TIMESTAMP');
  }
  if (position === 'AT_TIMESTAMP' && kind === 'dynamodb') {
    throw invalidValue(`Unsupported starting position for arn type: ${settings.EventSourceArn}`);
  }
  // Of Kinesis alone it was recorded; a text of the stream's own reader, not of Lambda.
  if (kind === 'kinesis' && (settings.StartingPositionTimestamp ?? 0) < 0) {
    throw invalidValue(
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    );
  }
  for (const { Pattern = '' } of settings.FilterCriteria?.Filters ?? []) {
    if (!isFilterPattern(Pattern)) throw invalidValue('Invalid filter pattern definition.');
  }
}

const unsupported = (name: string) =>
  invalidValue(`Unsupported ${name} parameter for given event source mapping type.`);

/**
 * Sources and destinations have to be in the function's region. The documentation has the rule
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html); the texts are guesses.
 * @throws {LambdaError}
 */
export function checkRegions({ EventSourceArn: source, DestinationConfig }: Settings, region: string): void {
  const isElsewhere = (arn: string | undefined) => {
    const [, , , of = ''] = (arn ?? '').split(':');
    return of !== '' && of !== region;
  };
  if (isElsewhere(source)) {
    throw invalidValue(`The event source ${source} is not in the region of the function (${region}).`);
  }
  const destination = DestinationConfig?.OnFailure?.Destination;
  if (destination?.startsWith('arn:') && isElsewhere(destination)) {
    throw invalidValue(`The destination ${destination} is not in the region of the function (${region}).`);
  }
}

/** The source of a mapping: an ARN, or the brokers of a self-managed cluster. */
export const sourcesOf = ({
  EventSourceArn: arn,
  SelfManagedEventSource: own,
}: Settings): readonly string[] =>
  arn === undefined ? (own?.Endpoints?.KAFKA_BOOTSTRAP_SERVERS ?? []) : [arn];

const overlap = (one: readonly string[] = [], other: readonly string[] = []) =>
  one.some((each) => other.includes(each));

/** Whether two mappings would read the same source for one function, which is refused. */
export function sameSource(one: Settings, other: Settings): boolean {
  if (!overlap(sourcesOf(one), sourcesOf(other))) return false;
  if (isKafka(sourceKind(one))) return overlap(one.Topics, other.Topics);
  return isDeepStrictEqual(one.Queues, other.Queues);
}
