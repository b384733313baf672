// Generated from the service model of botocore 1.44.2 by npm run generate:inputs; do not edit.
import { boolean, list, oneOf, path, query, required, requiredQuery, structure, text, whole } from '../shape';
import {
  arn,
  codeSigningConfigArn,
  description,
  destinationConfig,
  functionName,
  maxListItems,
  namespacedFunctionName,
  numericLatestPublishedOrAliasQualifier,
  statementId,
  tagKey,
  tags,
} from './shared';

const functionUrlAuthType = oneOf('NONE', 'AWS_IAM');
const taggableResource = text({
  min: 1,
  max: 10_000,
  pattern:
    'arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})',
  recorded:
    'arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)',
});
const qualifier = text({ min: 1, max: 128, pattern: '(|[a-zA-Z0-9$_-]+)' });
const maximumRetryAttempts = whole({ min: 0, max: 2 });
const maximumEventAgeInSeconds = whole({ min: 60, max: 21_600 });
const functionUrlFunctionName = text({
  min: 1,
  max: 140,
  pattern:
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\\d+$)[0-9a-zA-Z-_]+))?',
});
const functionUrlQualifier = text({ min: 1, max: 128, pattern: '((?!^\\d+$)^[0-9a-zA-Z-_]+$)' });
const headersList = list(text({ min: 0, max: 1024, pattern: '.*' }), { min: 0, max: 100 });
const cors = structure({
  AllowCredentials: boolean,
  AllowHeaders: headersList,
  AllowMethods: list(text({ min: 0, max: 6, pattern: '.*' }), { min: 0, max: 6 }),
  AllowOrigins: list(text({ min: 1, max: 253, pattern: '.*' }), { min: 0, max: 100 }),
  ExposeHeaders: headersList,
  MaxAge: whole({ min: 0, max: 86_400 }),
});
const invokeMode = oneOf('RESPONSE_STREAM', 'BUFFERED');
const allowedPublishers = structure({ SigningProfileVersionArns: required(list(arn, { min: 1, max: 20 })) });
const codeSigningPolicies = structure({ UntrustedArtifactOnDeployment: oneOf('Enforce', 'Warn') });
const unqualifiedFunctionName = text({
  min: 1,
  max: 140,
  pattern:
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)',
});
const publishedFunctionQualifier = text({ min: 1, max: 128, pattern: '(\\$LATEST\\.PUBLISHED|[0-9]+)' });
const functionScalingConfigExecutionEnvironments = whole({ min: 0, max: 15_000 });

/** Inputs of the operations on a function's permissions, tags, URLs, concurrency and other configurations. */
export const configInputs = {
  GetAccountSettings: {},
  AddPermission: {
    FunctionName: path(namespacedFunctionName),
    StatementId: required(statementId),
    Action: required(text({ min: 0, max: 10_000, pattern: '(lambda:[*]|lambda:[a-zA-Z]+|[*])' })),
    Principal: required(text({ min: 0, max: 2048, pattern: '[^\\s]+' })),
    SourceArn: arn,
    FunctionUrlAuthType: functionUrlAuthType,
    InvokedViaFunctionUrl: boolean,
    SourceAccount: text({ min: 0, max: 12, pattern: '\\d{12}' }),
    EventSourceToken: text({ min: 0, max: 256, pattern: '[a-zA-Z0-9._\\-]+' }),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    RevisionId: text(),
    PrincipalOrgID: text({ min: 12, max: 34, pattern: 'o-[a-z0-9]{10,32}' }),
  },
  GetPolicy: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  RemovePermission: {
    FunctionName: path(namespacedFunctionName),
    StatementId: path(text({ min: 1, max: 100, pattern: '([a-zA-Z0-9-_.]+)' })),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    RevisionId: query(text()),
  },
  ListTags: { Resource: path(taggableResource) },
  TagResource: { Resource: path(taggableResource), Tags: required(tags) },
  UntagResource: { Resource: path(taggableResource), TagKeys: requiredQuery(list(tagKey), 'tagKeys') },
  PutFunctionConcurrency: {
    FunctionName: path(functionName),
    ReservedConcurrentExecutions: required(whole({ min: 0 })),
  },
  GetFunctionConcurrency: { FunctionName: path(functionName) },
  DeleteFunctionConcurrency: { FunctionName: path(functionName) },
  PutProvisionedConcurrencyConfig: {
    FunctionName: path(functionName),
    Qualifier: requiredQuery(qualifier),
    ProvisionedConcurrentExecutions: required(whole({ min: 1 })),
  },
  GetProvisionedConcurrencyConfig: { FunctionName: path(functionName), Qualifier: requiredQuery(qualifier) },
  DeleteProvisionedConcurrencyConfig: {
    FunctionName: path(functionName),
    Qualifier: requiredQuery(qualifier),
  },
  ListProvisionedConcurrencyConfigs: {
    FunctionName: path(functionName),
    Marker: query(text()),
    MaxItems: query(whole({ min: 1, max: 50 })),
  },
  PutFunctionEventInvokeConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumEventAgeInSeconds: maximumEventAgeInSeconds,
    DestinationConfig: destinationConfig,
  },
  UpdateFunctionEventInvokeConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumEventAgeInSeconds: maximumEventAgeInSeconds,
    DestinationConfig: destinationConfig,
  },
  GetFunctionEventInvokeConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  DeleteFunctionEventInvokeConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  ListFunctionEventInvokeConfigs: {
    FunctionName: path(namespacedFunctionName),
    Marker: query(text()),
    MaxItems: query(whole({ min: 1, max: 50 })),
  },
  CreateFunctionUrlConfig: {
    FunctionName: path(functionUrlFunctionName),
    Qualifier: query(functionUrlQualifier),
    AuthType: required(functionUrlAuthType),
    Cors: cors,
    InvokeMode: invokeMode,
  },
  UpdateFunctionUrlConfig: {
    FunctionName: path(functionUrlFunctionName),
    Qualifier: query(functionUrlQualifier),
    AuthType: functionUrlAuthType,
    Cors: cors,
    InvokeMode: invokeMode,
  },
  GetFunctionUrlConfig: {
    FunctionName: path(functionUrlFunctionName),
    Qualifier: query(functionUrlQualifier),
  },
  DeleteFunctionUrlConfig: {
    FunctionName: path(functionUrlFunctionName),
    Qualifier: query(functionUrlQualifier),
  },
  ListFunctionUrlConfigs: {
    FunctionName: path(functionUrlFunctionName),
    Marker: query(text()),
    MaxItems: query(whole({ min: 1, max: 50 })),
  },
  CreateCodeSigningConfig: {
    Description: description,
    AllowedPublishers: required(allowedPublishers),
    CodeSigningPolicies: codeSigningPolicies,
    Tags: tags,
  },
  GetCodeSigningConfig: { CodeSigningConfigArn: path(codeSigningConfigArn) },
  UpdateCodeSigningConfig: {
    CodeSigningConfigArn: path(codeSigningConfigArn),
    Description: description,
    AllowedPublishers: allowedPublishers,
    CodeSigningPolicies: codeSigningPolicies,
  },
  DeleteCodeSigningConfig: { CodeSigningConfigArn: path(codeSigningConfigArn) },
  ListCodeSigningConfigs: { Marker: query(text()), MaxItems: query(maxListItems) },
  ListFunctionsByCodeSigningConfig: {
    CodeSigningConfigArn: path(codeSigningConfigArn),
    Marker: query(text()),
    MaxItems: query(maxListItems),
  },
  PutFunctionCodeSigningConfig: {
    CodeSigningConfigArn: required(codeSigningConfigArn),
    FunctionName: path(namespacedFunctionName),
  },
  GetFunctionCodeSigningConfig: { FunctionName: path(namespacedFunctionName) },
  DeleteFunctionCodeSigningConfig: { FunctionName: path(namespacedFunctionName) },
  PutFunctionRecursionConfig: {
    FunctionName: path(unqualifiedFunctionName),
    RecursiveLoop: required(oneOf('Terminate', 'Allow')),
  },
  GetFunctionRecursionConfig: { FunctionName: path(unqualifiedFunctionName) },
  PutRuntimeManagementConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
    UpdateRuntimeOn: required(oneOf('Auto', 'Manual', 'FunctionUpdate')),
    RuntimeVersionArn: text({
      min: 26,
      max: 2048,
      pattern:
        '((arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))',
    }),
  },
  GetRuntimeManagementConfig: {
    FunctionName: path(namespacedFunctionName),
    Qualifier: query(numericLatestPublishedOrAliasQualifier),
  },
  PutFunctionScalingConfig: {
    FunctionName: path(unqualifiedFunctionName),
    Qualifier: requiredQuery(publishedFunctionQualifier),
    FunctionScalingConfig: structure({
      MinExecutionEnvironments: functionScalingConfigExecutionEnvironments,
      MaxExecutionEnvironments: functionScalingConfigExecutionEnvironments,
    }),
  },
  GetFunctionScalingConfig: {
    FunctionName: path(unqualifiedFunctionName),
    Qualifier: requiredQuery(publishedFunctionQualifier),
  },
} as const;
