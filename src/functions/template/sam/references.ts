import { sha256 } from '../../../lib/hash';
import type { Project } from './project';
import type { Resource } from './resources';

/** The value of a pseudo parameter such as `AWS::Region`. `none` stands for `AWS::NoValue`. */
export function pseudoParameter(name: string, { region, accountId }: Project): string | 'none' | undefined {
  const china = region.startsWith('cn-');
  const values: Readonly<Record<string, string | 'none'>> = {
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
    'AWS::Partition': partitionOf(region),
    'AWS::URLSuffix': china ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::NotificationARNs': '',
    'AWS::NoValue': 'none',
  };
  return values[name];
}

const stackName = 'lambdock';

function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The property that names a resource: `TableName` of a table, also of SAM's `SimpleTable`. */
export function nameProperty({ type, properties }: Resource): string | undefined {
  const kind = type.split('::').at(-1) ?? '';
  if (properties.entries.has('Name') && namedByName.has(type)) return 'Name';
  return [...properties.entries.keys()].find(
    (key) => key.endsWith('Name') && kind.endsWith(key.slice(0, -'Name'.length)),
  );
}

/** The name of a resource that sets none. FIFO queues and topics need the suffix, since clients check it. */
export function unnamed({ logicalId, properties }: Resource): string {
  const isFifo = ['FifoQueue', 'FifoTopic'].some((each) => {
    const value = properties.entries.get(each);
    return value?.kind === 'scalar' && value.text === 'true';
  });
  return isFifo ? `${logicalId}.fifo` : logicalId;
}

/** Types whose name property is `Name`. */
const namedByName: ReadonlySet<string> = new Set([
  'AWS::Events::Rule',
  'AWS::Events::EventBus',
  'AWS::Kinesis::Stream',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
  'AWS::Serverless::StateMachine',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::Pipes::Pipe',
  'AWS::Glue::Job',
]);

/** The parts that references are made of. */
interface Named {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly suffix: string;
  /** Formats an ARN of a service, with region and account. */
  readonly arn: (service: string, resource: string) => string;
  /** Hexadecimal digits that are always the same for a resource. */
  readonly id: (length: number) => string;
}

type Form = (named: Named) => string;

/** The values of `Ref`, if it is not the name, and of attributes. */
interface Forms {
  readonly ref?: Form;
  readonly [attribute: string]: Form | undefined;
}

const arnForms = (arn: Form): Forms => ({ ref: arn, Arn: arn });
const byName: Form = ({ name }) => name;
const bucketName: Form = ({ name }) => name.toLowerCase();
const queueUrl: Form = ({ region, suffix, account, name }) =>
  `https://sqs.${region}.${suffix}/${account}/${name}`;
const tableForms: Forms = {
  Arn: ({ arn, name }) => arn('dynamodb', `table/${name}`),
  StreamArn: ({ arn, name }) => arn('dynamodb', `table/${name}/stream/2024-01-01T00:00:00.000`),
};
const globalArn =
  (service: string, resource: Form): Form =>
  (named) =>
    named.arn(service, resource(named)).replace(`:${named.region}:`, '::');
const apiId: Form = ({ id }) => id(10);
const uuid: Form = ({ id }) => id(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const userPool: Form = ({ region, id }) => `${region}_${id(9)}`;
const stateMachine = arnForms(({ arn, name }) => arn('states', `stateMachine:${name}`));

/**
 * Forms by resource type, from the reference of each type:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const forms: Readonly<Record<string, Forms>> = {
  'AWS::SQS::Queue': {
    ref: queueUrl,
    QueueUrl: queueUrl,
    QueueName: byName,
    Arn: ({ arn, name }) => arn('sqs', name),
  },
  'AWS::SNS::Topic': {
    ...arnForms(({ arn, name }) => arn('sns', name)),
    TopicArn: ({ arn, name }) => arn('sns', name),
    TopicName: byName,
  },
  'AWS::DynamoDB::Table': tableForms,
  'AWS::DynamoDB::GlobalTable': tableForms,
  'AWS::Serverless::SimpleTable': tableForms,
  'AWS::S3::Bucket': {
    ref: bucketName,
    Arn: (named) => `arn:${partitionOf(named.region)}:s3:::${bucketName(named)}`,
    DomainName: (named) => `${bucketName(named)}.s3.${named.suffix}`,
    RegionalDomainName: (named) => `${bucketName(named)}.s3.${named.region}.${named.suffix}`,
    DualStackDomainName: (named) => `${bucketName(named)}.s3.dualstack.${named.region}.${named.suffix}`,
    WebsiteURL: (named) => `http://${bucketName(named)}.s3-website-${named.region}.${named.suffix}`,
  },
  'AWS::StepFunctions::StateMachine': { ...stateMachine, Name: byName },
  'AWS::Serverless::StateMachine': { ...stateMachine, Name: byName },
  'AWS::StepFunctions::Activity': {
    ...arnForms(({ arn, name }) => arn('states', `activity:${name}`)),
    Name: byName,
  },
  'AWS::Events::Rule': { Arn: ({ arn, name }) => arn('events', `rule/${name}`) },
  'AWS::Events::EventBus': { Arn: ({ arn, name }) => arn('events', `event-bus/${name}`), Name: byName },
  'AWS::Scheduler::Schedule': { Arn: ({ arn, name }) => arn('scheduler', `schedule/default/${name}`) },
  'AWS::Pipes::Pipe': { Arn: ({ arn, name }) => arn('pipes', `pipe/${name}`) },
  'AWS::IAM::Role': {
    Arn: globalArn('iam', ({ name }) => `role/${name}`),
    RoleId: ({ id }) => `AROA${id(17).toUpperCase()}`,
  },
  'AWS::IAM::User': { Arn: globalArn('iam', ({ name }) => `user/${name}`) },
  'AWS::IAM::Group': { Arn: globalArn('iam', ({ name }) => `group/${name}`) },
  'AWS::IAM::ManagedPolicy': {
    ref: globalArn('iam', ({ name }) => `policy/${name}`),
    PolicyArn: globalArn('iam', ({ name }) => `policy/${name}`),
  },
  'AWS::Kinesis::Stream': { Arn: ({ arn, name }) => arn('kinesis', `stream/${name}`) },
  'AWS::KinesisFirehose::DeliveryStream': {
    Arn: ({ arn, name }) => arn('firehose', `deliverystream/${name}`),
  },
  'AWS::SecretsManager::Secret': {
    ref: ({ arn, name, id }) => arn('secretsmanager', `secret:${name}-${id(6)}`),
    Id: ({ arn, name, id }) => arn('secretsmanager', `secret:${name}-${id(6)}`),
  },
  'AWS::KMS::Key': { ref: uuid, KeyId: uuid, Arn: (named) => named.arn('kms', `key/${uuid(named)}`) },
  'AWS::Logs::LogGroup': { Arn: ({ arn, name }) => arn('logs', `log-group:${name}:*`) },
  'AWS::ApiGateway::RestApi': { ref: apiId, RestApiId: apiId, RootResourceId: apiId },
  'AWS::Serverless::Api': { ref: apiId, RestApiId: apiId, RootResourceId: apiId },
  'AWS::ApiGatewayV2::Api': {
    ref: apiId,
    ApiId: apiId,
    ApiEndpoint: (named) => `https://${apiId(named)}.execute-api.${named.region}.${named.suffix}`,
  },
  'AWS::Serverless::HttpApi': {
    ref: apiId,
    ApiId: apiId,
    ApiEndpoint: (named) => `https://${apiId(named)}.execute-api.${named.region}.${named.suffix}`,
  },
  'AWS::Cognito::UserPool': {
    ref: userPool,
    UserPoolId: userPool,
    Arn: (named) => named.arn('cognito-idp', `userpool/${userPool(named)}`),
    ProviderName: (named) => `cognito-idp.${named.region}.${named.suffix}/${userPool(named)}`,
    ProviderURL: (named) => `https://cognito-idp.${named.region}.${named.suffix}/${userPool(named)}`,
  },
  'AWS::Cognito::UserPoolClient': { ref: ({ id }) => id(26), ClientId: ({ id }) => id(26) },
  'AWS::Cognito::IdentityPool': { ref: (named) => `${named.region}:${uuid(named)}` },
  'AWS::ECR::Repository': {
    Arn: ({ arn, name }) => arn('ecr', `repository/${name}`),
    RepositoryUri: ({ account, region, suffix, name }) => `${account}.dkr.ecr.${region}.${suffix}/${name}`,
  },
  'AWS::AppSync::GraphQLApi': {
    ref: ({ arn, id }) => arn('appsync', `apis/${id(26)}`),
    Arn: ({ arn, id }) => arn('appsync', `apis/${id(26)}`),
    ApiId: ({ id }) => id(26),
    GraphQLUrl: ({ region, suffix, id }) => `https://${id(26)}.appsync-api.${region}.${suffix}/graphql`,
  },
  'AWS::CloudFront::Distribution': {
    ref: ({ id }) => `E${id(13).toUpperCase()}`,
    Id: ({ id }) => `E${id(13).toUpperCase()}`,
    DomainName: ({ id }) => `d${id(13)}.cloudfront.net`,
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': arnForms(({ arn, name, id }) =>
    arn('elasticloadbalancing', `loadbalancer/app/${name}/${id(16)}`),
  ),
  'AWS::ECS::Cluster': { Arn: ({ arn, name }) => arn('ecs', `cluster/${name}`) },
  'AWS::EC2::VPC': { ref: ({ id }) => `vpc-${id(17)}`, VpcId: ({ id }) => `vpc-${id(17)}` },
  'AWS::EC2::Subnet': { ref: ({ id }) => `subnet-${id(17)}`, SubnetId: ({ id }) => `subnet-${id(17)}` },
  'AWS::EC2::SecurityGroup': { ref: ({ id }) => `sg-${id(17)}`, GroupId: ({ id }) => `sg-${id(17)}` },
  'AWS::EFS::FileSystem': {
    ref: ({ id }) => `fs-${id(17)}`,
    FileSystemId: ({ id }) => `fs-${id(17)}`,
    Arn: ({ arn, id }) => arn('elasticfilesystem', `file-system/fs-${id(17)}`),
  },
  'AWS::EFS::AccessPoint': {
    ref: ({ id }) => `fsap-${id(17)}`,
    Arn: ({ arn, id }) => arn('elasticfilesystem', `access-point/fsap-${id(17)}`),
  },
};

/** The value of `Ref` for a resource that lambdock does not host. */
export function referenceTo(resource: Resource, name: string, project: Project): string {
  return (forms[resource.type]?.ref ?? byName)(named(resource, name, project));
}

/** An attribute, in the service's format, of a resource that lambdock does not host; undefined if not known. */
export function attributeForm(
  resource: Resource,
  name: string,
  attribute: string,
  project: Project,
): string | undefined {
  return forms[resource.type]?.[attribute]?.(named(resource, name, project));
}

/** As `attributeForm`. If the form is not known: an ARN in the usual format, or `NAME.ATTRIBUTE`. */
export function attributeOf(resource: Resource, name: string, attribute: string, project: Project): string {
  const form = attributeForm(resource, name, attribute, project);
  if (form !== undefined) return form;
  const parts = named(resource, name, project);
  const service = resource.type.split('::')[1]?.toLowerCase() ?? 'resource';
  return attribute === 'Arn' ? parts.arn(service, name) : `${name}.${attribute}`;
}

function named({ logicalId, place }: Resource, name: string, { region, accountId }: Project): Named {
  const digits = sha256(`${place.source.file} ${logicalId}`);
  return {
    name,
    region,
    account: accountId,
    suffix: region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
    arn: (service, resource) => `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`,
    id: (length) => digits.slice(0, length),
  };
}

/** A resource that SAM generates for another resource. */
export interface MadeByFunction {
  readonly resource: Resource;
  readonly kind: 'alias' | 'version' | 'url' | 'role' | 'other';
}

/**
 * Finds the resource for which SAM generates `HelloAliaslive`, `HelloVersion`, `HelloUrl`, `HelloRole` and others:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
 */
export function madeByFunction(
  name: string,
  resources: ReadonlyMap<string, Resource>,
): MadeByFunction | undefined {
  const owners = [...resources.values()].filter(
    ({ logicalId, serverless }) => serverless && name.startsWith(logicalId) && name !== logicalId,
  );
  // The longest name matches: `HelloWorldRole` is generated for `HelloWorld`, even if there is a `Hello`.
  const [resource] = owners.sort((one, other) => other.logicalId.length - one.logicalId.length);
  if (resource === undefined) return undefined;
  const rest = name.slice(resource.logicalId.length);
  if (resource.kind !== 'function') return { resource, kind: 'other' };
  if (/^Alias\w+$/.test(rest)) return { resource, kind: 'alias' };
  if (/^Version\w*$/.test(rest)) return { resource, kind: 'version' };
  if (rest === 'Url') return { resource, kind: 'url' };
  return { resource, kind: rest === 'Role' ? 'role' : 'other' };
}

const stages: Readonly<Record<string, string>> = { Rest: 'Prod', Http: '$default' };

/**
 * The value of a reference to `ServerlessRestApi` or `ServerlessHttpApi`, which SAM generates for events; undefined for
 * other names.
 * @param attribute `Ref`, or an attribute's name
 */
export function implicitApi(name: string, attribute: string): string | undefined {
  const [, api, kind = '', part] = /^(Serverless(Rest|Http)Api)(?:\.(\w+))?$/.exec(name) ?? [];
  if (api === undefined) return undefined;
  const asked = attribute === 'Ref' ? part : attribute;
  if (asked === undefined) return name;
  return (asked === 'Stage' ? stages[kind] : undefined) ?? `${api}.${asked}`;
}
