import { boolean, list, oneOf, path, query, required, requiredQuery, structure, text, whole } from '../shape';
import { destinationConfig } from './event-sources';
import {
  anyQualifier,
  anyText,
  arn,
  codeSigningConfigArn,
  description,
  functionName,
  namespacedFunctionName,
  paging,
  provisionedQualifier,
  publishedQualifier,
  region,
  statementId,
  tagKey,
  tags,
  unqualifiedFunctionName,
  urlFunctionName,
  urlQualifier,
} from './names';

const qualified = { FunctionName: path(namespacedFunctionName), Qualifier: query(anyQualifier) } as const;
const authType = oneOf('NONE', 'AWS_IAM');

const eventInvoke = {
  ...qualified,
  MaximumRetryAttempts: whole({ min: 0, max: 2 }),
  MaximumEventAgeInSeconds: whole({ min: 60, max: 21_600 }),
  DestinationConfig: destinationConfig,
} as const;

const url = { FunctionName: path(urlFunctionName), Qualifier: query(urlQualifier) } as const;
const headers = list(text({ min: 0, max: 1024, pattern: '.*' }), { min: 0, max: 100 });
const urlSettings = {
  Cors: structure({
    AllowCredentials: boolean,
    AllowHeaders: headers,
    AllowMethods: list(text({ min: 0, max: 6, pattern: '.*' }), { min: 0, max: 6 }),
    AllowOrigins: list(text({ min: 1, max: 253, pattern: '.*' }), { min: 0, max: 100 }),
    ExposeHeaders: headers,
    MaxAge: whole({ min: 0, max: 86_400 }),
  }),
  InvokeMode: oneOf('RESPONSE_STREAM', 'BUFFERED'),
} as const;

const provisioned = {
  FunctionName: path(functionName),
  Qualifier: requiredQuery(provisionedQualifier),
} as const;

const codeSigning = { CodeSigningConfigArn: path(codeSigningConfigArn) } as const;
const allowedPublishers = structure({
  SigningProfileVersionArns: required(list(arn, { min: 1, max: 20 })),
});
const codeSigningPolicies = structure({ UntrustedArtifactOnDeployment: oneOf('Enforce', 'Warn') });

const scaling = {
  FunctionName: path(unqualifiedFunctionName),
  Qualifier: requiredQuery(publishedQualifier),
} as const;
const environments = whole({ min: 0, max: 15_000 });

const taggable = {
  Resource: path(
    text({
      min: 1,
      max: 10_000,
      pattern: `arn:(aws[a-zA-Z-]*):lambda:${region}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})`,
      recorded: `arn:(aws[a-zA-Z-]*):lambda:${region}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`,
    }),
  ),
} as const;

/** Inputs of the operations on what is configured beside a function: permissions, tags, URLs, concurrency … */
export const configInputs = {
  GetAccountSettings: {},
  AddPermission: {
    ...qualified,
    StatementId: required(statementId),
    Action: required(text({ min: 0, max: 10_000, pattern: '(lambda:[*]|lambda:[a-zA-Z]+|[*])' })),
    Principal: required(text({ min: 0, max: 2048, pattern: '[^\\s]+' })),
    SourceArn: arn,
    SourceAccount: text({ min: 0, max: 12, pattern: '\\d{12}' }),
    EventSourceToken: text({ min: 0, max: 256, pattern: '[a-zA-Z0-9._\\-]+' }),
    RevisionId: anyText,
    PrincipalOrgID: text({ min: 12, max: 34, pattern: 'o-[a-z0-9]{10,32}' }),
    FunctionUrlAuthType: authType,
    InvokedViaFunctionUrl: boolean,
  },
  GetPolicy: qualified,
  RemovePermission: {
    ...qualified,
    StatementId: path(text({ min: 1, max: 100, pattern: '([a-zA-Z0-9-_.]+)' })),
    RevisionId: query(anyText),
  },
  ListTags: taggable,
  TagResource: { ...taggable, Tags: required(tags) },
  UntagResource: { ...taggable, TagKeys: requiredQuery(list(tagKey), 'tagKeys') },
  PutFunctionConcurrency: {
    FunctionName: path(functionName),
    ReservedConcurrentExecutions: required(whole({ min: 0 })),
  },
  GetFunctionConcurrency: { FunctionName: path(functionName) },
  DeleteFunctionConcurrency: { FunctionName: path(functionName) },
  PutProvisionedConcurrencyConfig: {
    ...provisioned,
    ProvisionedConcurrentExecutions: required(whole({ min: 1 })),
  },
  GetProvisionedConcurrencyConfig: provisioned,
  DeleteProvisionedConcurrencyConfig: provisioned,
  ListProvisionedConcurrencyConfigs: { FunctionName: path(functionName), ...paging(50) },
  PutFunctionEventInvokeConfig: eventInvoke,
  UpdateFunctionEventInvokeConfig: eventInvoke,
  GetFunctionEventInvokeConfig: qualified,
  DeleteFunctionEventInvokeConfig: qualified,
  ListFunctionEventInvokeConfigs: { FunctionName: path(namespacedFunctionName), ...paging(50) },
  CreateFunctionUrlConfig: { ...url, AuthType: required(authType), ...urlSettings },
  UpdateFunctionUrlConfig: { ...url, AuthType: authType, ...urlSettings },
  GetFunctionUrlConfig: url,
  DeleteFunctionUrlConfig: url,
  ListFunctionUrlConfigs: { FunctionName: path(urlFunctionName), ...paging(50) },
  CreateCodeSigningConfig: {
    Description: description,
    AllowedPublishers: required(allowedPublishers),
    CodeSigningPolicies: codeSigningPolicies,
    Tags: tags,
  },
  GetCodeSigningConfig: codeSigning,
  UpdateCodeSigningConfig: {
    ...codeSigning,
    Description: description,
    AllowedPublishers: allowedPublishers,
    CodeSigningPolicies: codeSigningPolicies,
  },
  DeleteCodeSigningConfig: codeSigning,
  ListCodeSigningConfigs: paging(10_000),
  ListFunctionsByCodeSigningConfig: { ...codeSigning, ...paging(10_000) },
  PutFunctionCodeSigningConfig: {
    FunctionName: path(namespacedFunctionName),
    CodeSigningConfigArn: required(codeSigningConfigArn),
  },
  GetFunctionCodeSigningConfig: { FunctionName: path(namespacedFunctionName) },
  DeleteFunctionCodeSigningConfig: { FunctionName: path(namespacedFunctionName) },
  PutFunctionRecursionConfig: {
    FunctionName: path(unqualifiedFunctionName),
    RecursiveLoop: required(oneOf('Terminate', 'Allow')),
  },
  GetFunctionRecursionConfig: { FunctionName: path(unqualifiedFunctionName) },
  PutRuntimeManagementConfig: {
    ...qualified,
    UpdateRuntimeOn: required(oneOf('Auto', 'Manual', 'FunctionUpdate')),
    RuntimeVersionArn: text({
      min: 26,
      max: 2048,
      pattern: `((arn:(aws[a-zA-Z-]*):lambda:${region}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:${region}:\\d{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))`,
    }),
  },
  GetRuntimeManagementConfig: qualified,
  PutFunctionScalingConfig: {
    ...scaling,
    FunctionScalingConfig: structure({
      MinExecutionEnvironments: environments,
      MaxExecutionEnvironments: environments,
    }),
  },
  GetFunctionScalingConfig: scaling,
} as const;
