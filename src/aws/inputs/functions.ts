import { runtimeIdentifiers } from '../runtime-identifiers';
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
  aliasName,
  anyArnOrNone,
  anyQualifier,
  anyText,
  architecture,
  codeSigningConfigArn,
  description,
  functionName,
  latestPublished,
  layerVersionArn,
  namespacedFunctionName,
  paging,
  region,
  roleArn,
  strings,
  tags,
  version,
} from './names';

export const runtime = oneOf(...runtimeIdentifiers);
export const s3Bucket = text({ min: 3, max: 63, pattern: '[0-9A-Za-z\\.\\-_]*(?<!\\.)' });
export const s3Key = text({ min: 1, max: 1024, pattern: '.*' });
export const s3ObjectStorageMode = oneOf('REFERENCE', 'COPY');

const code = {
  ZipFile: bytes,
  S3Bucket: s3Bucket,
  S3Key: s3Key,
  S3ObjectVersion: s3Key,
  S3ObjectStorageMode: s3ObjectStorageMode,
  ImageUri: anyText,
  SourceKMSKeyArn: anyArnOrNone,
} as const;

/** What CreateFunction and UpdateFunctionConfiguration have in common. */
const configuration = {
  Runtime: lenient(runtime),
  Handler: text({ min: 0, max: 128, pattern: '[^\\s]+' }),
  Description: description,
  Timeout: whole({ min: 1, max: 5400 }),
  MemorySize: whole({ min: 128, max: 32_768 }),
  VpcConfig: structure({
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
  }),
  DeadLetterConfig: structure({ TargetArn: anyArnOrNone }),
  Environment: structure({
    Variables: map(text({ pattern: '[a-zA-Z]([a-zA-Z0-9_])+', sensitive: true }), text({ sensitive: true }), {
      sensitive: true,
    }),
  }),
  KMSKeyArn: anyArnOrNone,
  TracingConfig: structure({ Mode: oneOf('Active', 'PassThrough') }),
  Layers: list(layerVersionArn),
  FileSystemConfigs: list(
    structure({
      Arn: required(
        text({
          min: 0,
          max: 256,
          pattern: `arn:aws[a-zA-Z-]*:elasticfilesystem:${region}:\\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}`,
        }),
      ),
      S3FilesConfig: structure({ DirectS3Read: oneOf('DISABLED', 'AUTO', 'ENABLED') }),
      LocalMountPath: required(text({ min: 0, max: 160, pattern: '/mnt/[a-zA-Z0-9-_.]+' })),
    }),
    { min: 0, max: 1 },
  ),
  ImageConfig: structure({
    EntryPoint: strings,
    Command: strings,
    WorkingDirectory: text({ min: 0, max: 1000 }),
  }),
  EphemeralStorage: structure({ Size: required(whole({ min: 512, max: 32_768 })) }),
  SnapStart: structure({ ApplyOn: oneOf('PublishedVersions', 'None') }),
  LoggingConfig: structure({
    LogFormat: oneOf('JSON', 'Text'),
    ApplicationLogLevel: oneOf('TRACE', 'ERROR', 'INFO', 'DEBUG', 'FATAL', 'WARN'),
    SystemLogLevel: oneOf('INFO', 'DEBUG', 'WARN'),
    LogGroup: text({ min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' }),
  }),
  CapacityProviderConfig: structure({
    LambdaManagedInstancesCapacityProviderConfig: required(
      structure({
        CapacityProviderArn: required(
          text({
            min: 1,
            max: 140,
            pattern: `arn:aws[a-zA-Z-]*:lambda:${region}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+`,
          }),
        ),
        PerExecutionEnvironmentMaxConcurrency: whole({ min: 1, max: 1600 }),
        ExecutionEnvironmentMemoryGiBPerVCpu: fraction({ min: 2, max: 8 }),
      }),
    ),
  }),
  DurableConfig: structure({
    KMSKeyArn: anyArnOrNone,
    RetentionPeriodInDays: whole({ min: 1, max: 90 }),
    ExecutionTimeout: whole({ min: 1, max: 31_622_400 }),
  }),
} as const;

const architectures = list(architecture, { min: 1, max: 1 });

const qualified = { FunctionName: path(namespacedFunctionName), Qualifier: query(anyQualifier) } as const;

const routing = structure({
  AdditionalVersionWeights: map(text({ min: 1, max: 1024, pattern: '[0-9]+' }), fraction({ min: 0, max: 1 })),
});
const alias = { FunctionName: path(functionName), Name: path(aliasName) } as const;

/** Inputs of the operations on functions, versions and aliases, and of invoking them. */
export const functionInputs = {
  CreateFunction: {
    ...configuration,
    FunctionName: required({ ...functionName, patternFirst: true }),
    Role: required(roleArn),
    Code: required(structure(code)),
    Publish: boolean,
    PackageType: oneOf('Zip', 'Image'),
    Tags: tags,
    CodeSigningConfigArn: codeSigningConfigArn,
    Architectures: architectures,
    PublishTo: latestPublished,
    TenancyConfig: structure({ TenantIsolationMode: required(oneOf('PER_TENANT')) }),
  },
  GetFunction: qualified,
  GetFunctionConfiguration: qualified,
  DeleteFunction: qualified,
  ListFunctions: {
    MasterRegion: query(text({ min: 1, max: 50, pattern: `ALL|${region}` })),
    FunctionVersion: query(oneOf('ALL')),
    ...paging(10_000),
  },
  UpdateFunctionCode: {
    ...code,
    FunctionName: path(functionName),
    Publish: boolean,
    DryRun: boolean,
    RevisionId: anyText,
    Architectures: architectures,
    PublishTo: latestPublished,
  },
  UpdateFunctionConfiguration: {
    ...configuration,
    FunctionName: path(functionName),
    Role: roleArn,
    RevisionId: anyText,
  },
  PublishVersion: {
    FunctionName: path(functionName),
    CodeSha256: anyText,
    Description: description,
    RevisionId: anyText,
    PublishTo: latestPublished,
  },
  ListVersionsByFunction: { FunctionName: path(namespacedFunctionName), ...paging(10_000) },
  CreateAlias: {
    FunctionName: path(functionName),
    Name: required(aliasName),
    FunctionVersion: required(version),
    Description: description,
    RoutingConfig: routing,
  },
  GetAlias: alias,
  UpdateAlias: {
    ...alias,
    FunctionVersion: version,
    Description: description,
    RoutingConfig: routing,
    RevisionId: anyText,
  },
  DeleteAlias: alias,
  ListAliases: { FunctionName: path(functionName), FunctionVersion: query(version), ...paging(10_000) },
  Invoke: {
    ...qualified,
    InvocationType: header(oneOf('DryRun', 'Event', 'RequestResponse'), 'X-Amz-Invocation-Type'),
    LogType: header(oneOf('None', 'Tail'), 'X-Amz-Log-Type'),
    ClientContext: header(anyText, 'X-Amz-Client-Context'),
    DurableExecutionName: header(
      text({ min: 1, max: 64, pattern: '[a-zA-Z0-9-_]+' }),
      'X-Amz-Durable-Execution-Name',
    ),
    TenantId: header(text({ min: 1, max: 256, pattern: '[a-zA-Z0-9\\._:\\/=+\\-@ ]+' }), 'X-Amz-Tenant-Id'),
    Payload: payload,
  },
  InvokeWithResponseStream: {
    ...qualified,
    InvocationType: header(oneOf('RequestResponse', 'DryRun'), 'X-Amz-Invocation-Type'),
    LogType: header(oneOf('None', 'Tail'), 'X-Amz-Log-Type'),
    ClientContext: header(anyText, 'X-Amz-Client-Context'),
    TenantId: header(text({ min: 1, max: 256, pattern: '[a-zA-Z0-9\\._:\\/=+\\-@ ]+' }), 'X-Amz-Tenant-Id'),
    Payload: payload,
  },
  InvokeAsync: { FunctionName: path(namespacedFunctionName), InvokeArgs: requiredPayload },
} as const;
