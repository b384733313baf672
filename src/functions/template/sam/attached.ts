import type { WantedFunction } from '../wanted';
import type { Properties } from './properties';

/** What resources beside a function say of it. */
export type Attached = Pick<WantedFunction, 'alias' | 'url' | 'eventInvoke'>;

export const attachedTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::Url',
  'AWS::Lambda::EventInvokeConfig',
]);

/** Resources that belong to a function. */
export const lambdaTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::Lambda::Url',
]);

/** Of an alias, or the qualifier of a URL. */
export function aliasName(properties: Properties): string | undefined {
  const name = properties.get('Name') ?? properties.get('Qualifier');
  return name?.kind === 'scalar' ? name.text : undefined;
}

export function formatRoleArn(region: string, accountId: string, name: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}
