import { isDeepStrictEqual } from 'node:util';
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

/** @throws {LambdaError} where there is no source, or none that Lambda reads */
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

/** What a new mapping has where its caller says nothing; the fields that a kind does not have are absent. */
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

/**
 * What the service checks beyond the model's constraints. The first two texts are recorded, those on positions and
 * filters as well; the one on pollers' other settings is left to the model.
 * @throws {LambdaError}
 */
export function checkSource(kind: SourceKind, settings: Settings): void {
  const { BatchSize = 0, MaximumBatchingWindowInSeconds: window = 0, StartingPosition: position } = settings;
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
  for (const { Pattern } of settings.FilterCriteria?.Filters ?? []) {
    if (Pattern !== undefined && !isFilter(Pattern)) throw invalidValue('Invalid filter pattern definition.');
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
function isFilter(pattern: string): boolean {
  try {
    const parsed: unknown = JSON.parse(pattern);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

/** Whether two mappings would read the same source for one function, which is refused. */
export function sameSource(one: Settings, other: Settings): boolean {
  const of = ({ EventSourceArn, SelfManagedEventSource, Topics, Queues }: Settings) => ({
    EventSourceArn,
    SelfManagedEventSource,
    Topics,
    Queues,
  });
  return isDeepStrictEqual(of(one), of(other));
}
