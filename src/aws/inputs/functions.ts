// Generated from the service model of botocore 1.44.2 by npm run generate:inputs; do not edit.
import {
  boolean,
  bytes,
  fraction,
  header,
  lenient,
  list,
  map,
  oneOf,
  path,
  payload,
  query,
  required,
  requiredPayload,
  structure,
  text,
  whole,
} from '../shape';
import {
  architecture,
  codeSigningConfigArn,
  description,
  functionName,
  kmsKeyArn,
  layerVersionArn,
  maxListItems,
  namespacedFunctionName,
  numericLatestPublishedOrAliasQualifier,
  runtime,
  s3Bucket,
  s3Key,
  s3ObjectStorageMode,
  s3ObjectVersion,
  tags,
} from './shared';

const roleArn = text({
  min: 0,
  max: 10_000,
  pattern: 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
});
const handler = text({ min: 0, max: 128, pattern: '[^\\s]+' });
const timeout = whole({ min: 1, max: 5400 });
const memorySize = whole({ min: 128, max: 32_768 });
const functionVersionLatestPublished = oneOf('LATEST_PUBLISHED');
const vpcConfig = structure({
  SubnetIds: list(text({ min: 0, max: 1024, pattern: 'subnet-[0-9a-z]*' }), {
    min: 0,
    max: 16,
    sparse: true,
  }),
  SecurityGroupIds: list(text({ min: 0, max: 1024, pattern: 'sg-[0-9a-zA-Z]*' }), {
    min: 0,
    max: 5,
    sparse: true,
  }),
  Ipv6AllowedForDualStack: boolean,
});
const deadLetterConfig = structure({
  TargetArn: text({ min: 0, max: 10_000, pattern: '(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()' }),
});
const environment = structure({
  Variables: map(text({ pattern: '[a-zA-Z]([a-zA-Z0-9_])+', sensitive: true }), text({ sensitive: true }), {
    sensitive: true,
  }),
});
const tracingConfig = structure({ Mode: oneOf('Active', 'PassThrough') });
const layerList = list(layerVersionArn);
const fileSystemConfigList = list(
  structure({
    Arn: required(
      text({
        min: 0,
        max: 256,
        pattern:
          'arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}',
      }),
    ),
    LocalMountPath: required(text({ min: 0, max: 160, pattern: '/mnt/[a-zA-Z0-9-_.]+' })),
    S3FilesConfig: structure({ DirectS3Read: oneOf('DISABLED', 'AUTO', 'ENABLED') }),
  }),
  { min: 0, max: 1 },
);
const stringList = list(text(), { min: 0, max: 1500 });
const imageConfig = structure({
  EntryPoint: stringList,
  Command: stringList,
  WorkingDirectory: text({ min: 0, max: 1000 }),
});
const architecturesList = list(architecture, { min: 1, max: 1 });
const ephemeralStorage = structure({ Size: required(whole({ min: 512, max: 32_768 })) });
const snapStart = structure({ ApplyOn: oneOf('PublishedVersions', 'None') });
const loggingConfig = structure({
  LogFormat: oneOf('JSON', 'Text'),
  ApplicationLogLevel: oneOf('TRACE', 'ERROR', 'INFO', 'DEBUG', 'FATAL', 'WARN'),
  SystemLogLevel: oneOf('INFO', 'DEBUG', 'WARN'),
  LogGroup: text({ min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' }),
});
const capacityProviderConfig = structure({
  LambdaManagedInstancesCapacityProviderConfig: required(
    structure({
      CapacityProviderArn: required(
        text({
          min: 1,
          max: 140,
          pattern:
            'arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+',
        }),
      ),
      PerExecutionEnvironmentMaxConcurrency: whole({ min: 1, max: 1600 }),
      ExecutionEnvironmentMemoryGiBPerVCpu: fraction({ min: 2, max: 8 }),
    }),
  ),
});
const durableConfig = structure({
  KMSKeyArn: kmsKeyArn,
  RetentionPeriodInDays: whole({ min: 1, max: 90 }),
  ExecutionTimeout: whole({ min: 1, max: 31_622_400 }),
});
const alias = text({ min: 1, max: 128, pattern: '(?!^[0-9]+$)([a-zA-Z0-9-_]+)' });
const versionWithLatestPublished = text({ min: 1, max: 1024, pattern: '(\\$LATEST(\\.PUBLISHED)?|[0-9]+)' });
const aliasRoutingConfiguration = structure({
  AdditionalVersionWeights: map(text({ min: 1, max: 1024, pattern: '[0-9]+' }), fraction({ min: 0, max: 1 })),
});
const logType = oneOf('None', 'Tail');
const tenantId = text({ min: 1, max: 256, pattern: '[a-zA-Z0-9\\._:\\/=+\\-@ ]+' });

/** Inputs of the operations on functions, versions and aliases, and of invoking them. */
export const functionInputs = {
  CreateFunction: {
    FunctionName: required({ ...functionName, patternFirst: true }),
    Runtime: lenient(runtime),
    Role: required(roleArn),
    Handler: handler,
    Code: required(
      structure({
        ZipFile: bytes,
        S3Bucket: s3Bucket,
        S3Key: s3Key,
        S3ObjectVersion: s3ObjectVersion,
        S3ObjectStorageMode: s3ObjectStorageMode,
        ImageUri: text(),
        SourceKMSKeyArn: kmsKeyArn,
      }),
    ),
    Description: description,
    Timeout: timeout,
    MemorySize: memorySize,
    Publish: boolean,
    PublishTo: functionVersionLatestPublished,
    VpcConfig: vpcConfig,
    PackageType: oneOf('Zip', 'Image'),
    DeadLetterConfig: deadLetterConfig,
    Environment: environment,
    KMSKeyArn: kmsKeyArn,
    TracingConfig: tracingConfig,
    Tags: tags,
    Layers: layerList,
    FileSystemConfigs: fileSystemConfigList,
    CodeSigningConfigArn: codeSigningConfigArn,
    ImageConfig: imageConfig,
    Architectures: architecturesList,
    EphemeralStorage: ephemeralStorage,
    SnapStart: snapStart,
    LoggingConfig: loggingConfig,
    TenancyConfig: structure({ TenantIsolationMode: required(oneOf('PER_TENANT')) }),
    CapacityProviderConfig: capacityProviderConfig,
    DurableConfig: durableConfig,
  },
  GetFunction: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  GetFunctionConfiguration: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  DeleteFunction: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  ListFunctions: {
    MasterRegion: query(
      text({ min: 1, max: 50, pattern: 'ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}' }),
    ),
    FunctionVersion: query(oneOf('ALL')),
    Marker: query(text()),
    MaxItems: query(maxListItems),
  },
  UpdateFunctionCode: {
    FunctionName: path(functionName),
    ZipFile: bytes,
    S3Bucket: s3Bucket,
    S3Key: s3Key,
    S3ObjectVersion: s3ObjectVersion,
    S3ObjectStorageMode: s3ObjectStorageMode,
    ImageUri: text(),
    Architectures: architecturesList,
    Publish: boolean,
    PublishTo: functionVersionLatestPublished,
    DryRun: boolean,
    RevisionId: text(),
    SourceKMSKeyArn: kmsKeyArn,
  },
  UpdateFunctionConfiguration: {
    FunctionName: path(functionName),
    Role: roleArn,
    Handler: handler,
    Description: description,
    Timeout: timeout,
    MemorySize: memorySize,
    VpcConfig: vpcConfig,
    Environment: environment,
    Runtime: lenient(runtime),
    DeadLetterConfig: deadLetterConfig,
    KMSKeyArn: kmsKeyArn,
    TracingConfig: tracingConfig,
    RevisionId: text(),
    Layers: layerList,
    FileSystemConfigs: fileSystemConfigList,
    ImageConfig: imageConfig,
    EphemeralStorage: ephemeralStorage,
    SnapStart: snapStart,
    LoggingConfig: loggingConfig,
    CapacityProviderConfig: capacityProviderConfig,
    DurableConfig: durableConfig,
  },
  PublishVersion: {
    FunctionName: path(functionName),
    CodeSha256: text(),
    Description: description,
    RevisionId: text(),
    PublishTo: functionVersionLatestPublished,
  },
  ListVersionsByFunction: {
    FunctionName: path(namespacedFunctionName),
    Marker: query(text()),
    MaxItems: query(maxListItems),
  },
  CreateAlias: {
    FunctionName: path(functionName),
    Name: required(alias),
    FunctionVersion: required(versionWithLatestPublished),
    Description: description,
    RoutingConfig: aliasRoutingConfiguration,
  },
  GetAlias: { FunctionName: path(functionName), Name: path(alias) },
  UpdateAlias: {
    FunctionName: path(functionName),
    Name: path(alias),
    FunctionVersion: versionWithLatestPublished,
    Description: description,
    RoutingConfig: aliasRoutingConfiguration,
    RevisionId: text(),
  },
  DeleteAlias: { FunctionName: path(functionName), Name: path(alias) },
  ListAliases: {
    FunctionName: path(functionName),
    FunctionVersion: query(versionWithLatestPublished),
    Marker: query(text()),
    MaxItems: query(maxListItems),
  },
  Invoke: {
    FunctionName: path(namespacedFunctionName),
    InvocationType: header(oneOf('DryRun', 'Event', 'RequestResponse'), 'X-Amz-Invocation-Type'),
    LogType: header(logType, 'X-Amz-Log-Type'),
    ClientContext: header(text(), 'X-Amz-Client-Context'),
    DurableExecutionName: header(
      text({ min: 1, max: 64, pattern: '[a-zA-Z0-9-_]+' }),
      'X-Amz-Durable-Execution-Name',
    ),
    Payload: payload,
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    TenantId: header(tenantId, 'X-Amz-Tenant-Id'),
  },
  InvokeWithResponseStream: {
    FunctionName: path(namespacedFunctionName),
    LogType: header(logType, 'X-Amz-Log-Type'),
    ClientContext: header(text(), 'X-Amz-Client-Context'),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    Payload: payload,
    TenantId: header(tenantId, 'X-Amz-Tenant-Id'),
    InvocationType: header(oneOf('RequestResponse', 'DryRun'), 'X-Amz-Invocation-Type'),
  },
  InvokeAsync: { FunctionName: path(namespacedFunctionName), InvokeArgs: requiredPayload },
} as const;
