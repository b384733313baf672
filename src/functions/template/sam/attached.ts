import type { WantedFunction } from '../wanted';
import type { Properties } from './properties';

/** Settings of a function that other resources have. */
export type Attached = Pick<WantedFunction, 'alias' | 'url' | 'eventInvoke'>;

export const attachedTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::Url',
  'AWS::Lambda::EventInvokeConfig',
]);

/** Types of resources that refer to a function and are resolved through it. */
export const lambdaTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::Lambda::Url',
]);

/** The name of an alias resource, or the qualifier of a URL. */
export function aliasName(properties: Properties): string | undefined {
  const name = properties.get('Name') ?? properties.get('Qualifier');
  return name?.kind === 'scalar' ? name.text : undefined;
}

export function formatRoleArn(region: string, accountId: string, name: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}
