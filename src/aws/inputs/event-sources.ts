import { boolean, list, map, oneOf, path, query, required, structure, text, time, whole } from '../shape';
import { anyArnOrNone, arn, namespacedFunctionName, paging, region, tags } from './names';

const destination = structure({
  Destination: text({
    min: 0,
    max: 350,
    pattern: `$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:(${region})?:(\\d{12})?:(.*)`,
  }),
});
export const destinationConfig = structure({ OnSuccess: destination, OnFailure: destination });

const registryUri = '[a-zA-Z0-9-\\/*:_+=.@-]*';
const uri = '[ a-zA-Z0-9-\\/*:_+=.@-]*';
const host = '[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]';
const lastHost = '[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\\-]*[A-Za-z0-9]';

const kafka = {
  ConsumerGroupId: text({ min: 1, max: 200, pattern: uri }),
  SchemaRegistryConfig: structure({
    SchemaRegistryURI: text({ min: 1, max: 10_000, pattern: registryUri }),
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
  }),
} as const;

/** What can be set at creation and changed later. */
const settings = {
  Enabled: boolean,
  BatchSize: whole({ min: 1, max: 10_000 }),
  FilterCriteria: structure({
    Filters: list(structure({ Pattern: text({ min: 0, max: 4096, pattern: '[\\s\\S]*' }) })),
  }),
  MaximumBatchingWindowInSeconds: whole({ min: 0, max: 300 }),
  ParallelizationFactor: whole({ min: 1, max: 10 }),
  DestinationConfig: destinationConfig,
  MaximumRecordAgeInSeconds: whole({ min: -1, max: 604_800 }),
  BisectBatchOnFunctionError: boolean,
  MaximumRetryAttempts: whole({ min: -1, max: 10_000 }),
  TumblingWindowInSeconds: whole({ min: 0, max: 900 }),
  SourceAccessConfigurations: list(
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
      URI: text({ min: 1, max: 200, pattern: uri }),
    }),
    { min: 0, max: 23 },
  ),
  FunctionResponseTypes: list(oneOf('ReportBatchItemFailures'), { min: 0, max: 1 }),
  AmazonManagedKafkaEventSourceConfig: structure(kafka),
  SelfManagedKafkaEventSourceConfig: structure({ ...kafka, ConsumptionMode: oneOf('Stream', 'Queue') }),
  ScalingConfig: structure({ MaximumConcurrency: whole({ min: 2, max: 1000 }) }),
  DocumentDBEventSourceConfig: structure({
    DatabaseName: text({ min: 1, max: 63, pattern: '[^ /\\.$\\x22]*' }),
    CollectionName: text({ min: 1, max: 57, pattern: '(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)' }),
    FullDocument: oneOf('UpdateLookup', 'Default'),
  }),
  KMSKeyArn: anyArnOrNone,
  MetricsConfig: structure({
    Metrics: list(oneOf('EventCount', 'ErrorCount', 'KafkaMetrics'), { min: 0, max: 3 }),
  }),
  LoggingConfig: structure({ SystemLogLevel: oneOf('INFO', 'DEBUG', 'WARN') }),
  ProvisionedPollerConfig: structure({
    MinimumPollers: whole({ min: 1, max: 200 }),
    MaximumPollers: whole({ min: 1, max: 10_000 }),
    PollerGroupName: text({ min: 0, max: 128, pattern: '[a-zA-Z0-9-_]*' }),
  }),
} as const;

const mapping = { UUID: path(text({ min: 36, max: 36 })) } as const;

/** Inputs of the operations on event source mappings. */
export const eventSourceInputs = {
  CreateEventSourceMapping: {
    ...settings,
    EventSourceArn: arn,
    FunctionName: required(namespacedFunctionName),
    StartingPosition: oneOf('LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'),
    StartingPositionTimestamp: time,
    Tags: tags,
    Topics: list(text({ min: 1, max: 249, pattern: '[^.]([a-zA-Z0-9\\-_.]+)' }), { min: 1, max: 1 }),
    Queues: list(text({ min: 1, max: 1000, pattern: '[\\s\\S]*' }), { min: 1, max: 1 }),
    SelfManagedEventSource: structure({
      Endpoints: map(
        oneOf('KAFKA_BOOTSTRAP_SERVERS'),
        list(text({ min: 1, max: 300, pattern: `((${host})\\.)*(${lastHost}):[0-9]{1,5}` }), {
          min: 1,
          max: 10,
        }),
        { min: 1, max: 2 },
      ),
    }),
  },
  GetEventSourceMapping: mapping,
  UpdateEventSourceMapping: { ...mapping, ...settings, FunctionName: namespacedFunctionName },
  DeleteEventSourceMapping: mapping,
  ListEventSourceMappings: {
    EventSourceArn: query(arn),
    FunctionName: query(namespacedFunctionName),
    ...paging(10_000),
  },
} as const;
