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

/** The property that names a resource: `TableName` of a table, also of SAM's `SimpleTable`. */
export function nameProperty({ type, properties }: Resource): string | undefined {
  const kind = type.split('::').at(-1) ?? '';
  return [...properties.entries.keys()].find(
    (key) => key.endsWith('Name') && kind.endsWith(key.slice(0, -'Name'.length)),
  );
}

/** An attribute of a resource that is not here: an ARN that looks like one, and for others what is asked for. */
export function attributePlaceholder(
  { type }: Resource,
  name: string,
  attribute: string,
  { region, accountId }: Project,
): string {
  const service = type.split('::')[1]?.toLowerCase() ?? 'resource';
  return attribute === 'Arn' ? `arn:aws:${service}:${region}:${accountId}:${name}` : `${name}.${attribute}`;
}

/** Names of resources that SAM makes beside those that are written: for APIs, roles, URLs, aliases, versions. */
export function isMadeBySam(name: string, resources: ReadonlyMap<string, Resource>): boolean {
  if (/^Serverless(Rest|Http)Api/.test(name)) return true;
  return [...resources.values()].some(
    ({ logicalId, serverless }) => serverless && name.startsWith(logicalId) && name !== logicalId,
  );
}
