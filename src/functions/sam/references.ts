import type { Project } from './project';
import type { Resource } from './resources';

/** `AWS::…` that every template may refer to. `none` stands for no value at all. */
export function pseudoParameter(name: string, { region, accountId }: Project): string | 'none' | undefined {
  const china = region.startsWith('cn-');
  const values: Readonly<Record<string, string>> = {
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
    'AWS::Partition': china ? 'aws-cn' : 'aws',
    'AWS::URLSuffix': china ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::NoValue': 'none',
  };
  return values[name];
}

const stackName = 'lambdock';

/** What a resource that is not here is called: the name that it is given, or else its logical id. */
export function placeholder({ logicalId, type, properties }: Resource): string {
  const kind = type.split('::').at(-1) ?? '';
  const named = properties.entries.get(`${kind}Name`) ?? properties.entries.get('Name');
  return named?.kind === 'scalar' && named.text ? named.text : logicalId;
}

/** An attribute of such a resource: an ARN that looks like one, and for others what is asked for. */
export function attributePlaceholder(resource: Resource, attribute: string, project: Project): string {
  const service = resource.type.split('::')[1]?.toLowerCase() ?? 'resource';
  const name = placeholder(resource);
  if (attribute !== 'Arn') return `${name}.${attribute}`;
  return `arn:aws:${service}:${project.region}:${project.accountId}:${name}`;
}

/** Names of resources that SAM makes beside those that are written: for APIs, roles, URLs, aliases, versions. */
export function isMadeBySam(name: string, resources: ReadonlyMap<string, Resource>): boolean {
  if (/^Serverless(Rest|Http)Api/.test(name)) return true;
  return [...resources.values()].some(
    ({ logicalId, serverless }) => serverless && name.startsWith(logicalId) && name !== logicalId,
  );
}
