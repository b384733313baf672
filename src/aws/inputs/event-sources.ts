// Generated from the service model of botocore 1.44.2 by npm run generate:inputs; do not edit.
import { boolean, list, map, oneOf, path, query, required, structure, text, time, whole } from '../shape';
import { arn, destinationConfig, kmsKeyArn, maxListItems, namespacedFunctionName, tags } from './shared';

const batchSize = whole({ min: 1, max: 10_000 });
const filterCriteria = structure({
  Filters: list(structure({ Pattern: text({ min: 0, max: 4096, pattern: '[\\s\\S]*' }) })),
});
const eventSourceMappingMetricsConfig = structure({
  Metrics: list(oneOf('EventCount', 'ErrorCount', 'KafkaMetrics'), { min: 0, max: 3 }),
});
const eventSourceMappingLoggingConfig = structure({ SystemLogLevel: oneOf('INFO', 'DEBUG', 'WARN') });
const scalingConfig = structure({ MaximumConcurrency: whole({ min: 2, max: 1000 }) });
const maximumBatchingWindowInSeconds = whole({ min: 0, max: 300 });
const parallelizationFactor = whole({ min: 1, max: 10 });
const maximumRecordAgeInSeconds = whole({ min: -1, max: 604_800 });
const maximumRetryAttemptsEventSourceMapping = whole({ min: -1, max: 10_000 });
const tumblingWindowInSeconds = whole({ min: 0, max: 900 });
const uri = text({ min: 1, max: 200, pattern: '[ a-zA-Z0-9-\\/*:_+=.@-]*' });
const sourceAccessConfigurations = list(
  structure({
    Type: oneOf(
      'BASIC_AUTH',
      'VPC_SUBNET',
      'VPC_SECURITY_GROUP',
      'SASL_SCRAM_512_AUTH',
      'SASL_SCRAM_256_AUTH',
      'VIRTUAL_HOST',
      'CLIENT_CERTIFICATE_TLS_AUTH',
      'SERVER_ROOT_CA_CERTIFICATE',
      'OAUTHBEARER_AUTH',
      'OAUTHBEARER_SCOPE',
      'OAUTHBEARER_AUDIENCE',
      'OAUTHBEARER_LOGICAL_CLUSTER',
      'OAUTHBEARER_IDENTITY_POOL',
      'IAM_AUTH',
      'IAM_OAUTHBEARER_AUTH',
    ),
    URI: uri,
  }),
  { min: 0, max: 23 },
);
const functionResponseTypeList = list(oneOf('ReportBatchItemFailures'), { min: 0, max: 1 });
const kafkaSchemaRegistryConfig = structure({
  SchemaRegistryURI: text({ min: 1, max: 10_000, pattern: '[a-zA-Z0-9-\\/*:_+=.@-]*' }),
  EventRecordFormat: oneOf('JSON', 'SOURCE'),
  AccessConfigs: list(
    structure({
      Type: oneOf(
        'BASIC_AUTH',
        'CLIENT_CERTIFICATE_TLS_AUTH',
        'SERVER_ROOT_CA_CERTIFICATE',
        'OAUTHBEARER_AUTH',
      ),
      URI: arn,
    }),
  ),
  SchemaValidationConfigs: list(structure({ Attribute: oneOf('KEY', 'VALUE') })),
});
const amazonManagedKafkaEventSourceConfig = structure({
  ConsumerGroupId: uri,
  SchemaRegistryConfig: kafkaSchemaRegistryConfig,
});
const selfManagedKafkaEventSourceConfig = structure({
  ConsumerGroupId: uri,
  SchemaRegistryConfig: kafkaSchemaRegistryConfig,
  ConsumptionMode: oneOf('Stream', 'Queue'),
});
const documentDBEventSourceConfig = structure({
  DatabaseName: text({ min: 1, max: 63, pattern: '[^ /\\.$\\x22]*' }),
  CollectionName: text({ min: 1, max: 57, pattern: '(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)' }),
  FullDocument: oneOf('UpdateLookup', 'Default'),
});
const provisionedPollerConfig = structure({
  MinimumPollers: whole({ min: 1, max: 200 }),
  MaximumPollers: whole({ min: 1, max: 10_000 }),
  PollerGroupName: text({ min: 0, max: 128, pattern: '[a-zA-Z0-9-_]*' }),
});
const uuidString = text({ min: 36, max: 36 });

/** Inputs of the operations on event source mappings. */
export const eventSourceInputs = {
  CreateEventSourceMapping: {
    EventSourceArn: arn,
    FunctionName: required(namespacedFunctionName),
    Enabled: boolean,
    BatchSize: batchSize,
    FilterCriteria: filterCriteria,
    KMSKeyArn: kmsKeyArn,
    MetricsConfig: eventSourceMappingMetricsConfig,
    LoggingConfig: eventSourceMappingLoggingConfig,
    ScalingConfig: scalingConfig,
    MaximumBatchingWindowInSeconds: maximumBatchingWindowInSeconds,
    ParallelizationFactor: parallelizationFactor,
    StartingPosition: oneOf('LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'),
    StartingPositionTimestamp: time,
    DestinationConfig: destinationConfig,
    MaximumRecordAgeInSeconds: maximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: boolean,
    MaximumRetryAttempts: maximumRetryAttemptsEventSourceMapping,
    Tags: tags,
    TumblingWindowInSeconds: tumblingWindowInSeconds,
    Topics: list(text({ min: 1, max: 249, pattern: '[^.]([a-zA-Z0-9\\-_.]+)' }), { min: 1, max: 1 }),
    Queues: list(text({ min: 1, max: 1000, pattern: '[\\s\\S]*' }), { min: 1, max: 1 }),
    SourceAccessConfigurations: sourceAccessConfigurations,
    SelfManagedEventSource: structure({
      Endpoints: map(
        oneOf('KAFKA_BOOTSTRAP_SERVERS'),
        list(
          text({
            min: 1,
            max: 300,
            pattern:
              '(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\\-]*[A-Za-z0-9]):[0-9]{1,5}',
          }),
          { min: 1, max: 10 },
        ),
        { min: 1, max: 2 },
      ),
    }),
    FunctionResponseTypes: functionResponseTypeList,
    AmazonManagedKafkaEventSourceConfig: amazonManagedKafkaEventSourceConfig,
    SelfManagedKafkaEventSourceConfig: selfManagedKafkaEventSourceConfig,
    DocumentDBEventSourceConfig: documentDBEventSourceConfig,
    ProvisionedPollerConfig: provisionedPollerConfig,
  },
  GetEventSourceMapping: { UUID: path(uuidString) },
  UpdateEventSourceMapping: {
    UUID: path(uuidString),
    FunctionName: namespacedFunctionName,
    Enabled: boolean,
    BatchSize: batchSize,
    FilterCriteria: filterCriteria,
    KMSKeyArn: kmsKeyArn,
    MetricsConfig: eventSourceMappingMetricsConfig,
    LoggingConfig: eventSourceMappingLoggingConfig,
    ScalingConfig: scalingConfig,
    MaximumBatchingWindowInSeconds: maximumBatchingWindowInSeconds,
    ParallelizationFactor: parallelizationFactor,
    DestinationConfig: destinationConfig,
    MaximumRecordAgeInSeconds: maximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: boolean,
    MaximumRetryAttempts: maximumRetryAttemptsEventSourceMapping,
    TumblingWindowInSeconds: tumblingWindowInSeconds,
    SourceAccessConfigurations: sourceAccessConfigurations,
    FunctionResponseTypes: functionResponseTypeList,
    AmazonManagedKafkaEventSourceConfig: amazonManagedKafkaEventSourceConfig,
    SelfManagedKafkaEventSourceConfig: selfManagedKafkaEventSourceConfig,
    DocumentDBEventSourceConfig: documentDBEventSourceConfig,
    ProvisionedPollerConfig: provisionedPollerConfig,
  },
  DeleteEventSourceMapping: { UUID: path(uuidString) },
  ListEventSourceMappings: {
    EventSourceArn: query(arn),
    FunctionName: query(namespacedFunctionName),
    Marker: query(text()),
    MaxItems: query(maxListItems),
  },
} as const;
