import type { EvaluationScope } from './intrinsics/scope';
import { nestedFile } from './nested';
import { Properties } from './properties';
import type { Resource } from './resources';

/** Properties that have an effect on Lambda but not in lambdock. Each text ends the sentence "X …". */
const properties: Readonly<Record<string, string>> = {
  Events: 'are not connected; invoke the functions directly',
  DurableConfig: 'is not used: functions run without durable execution',
  FileSystemConfigs: 'is not mounted',
};

const types: Readonly<Record<string, string>> = {
  'AWS::Lambda::EventSourceMapping': 'is not connected; invoke the functions directly',
};

export interface Ignored {
  readonly what: string;
  /** Ends the sentence "X …", where X is `what`. */
  readonly why: string;
}

/** Ignored properties of a function, with `Globals` merged in. */
export function ignoredProperties({ properties: { entries } }: Resource): readonly Ignored[] {
  return Object.entries(properties).flatMap(([what, why]) => {
    const value = entries.get(what);
    const isEmpty = value?.kind === 'mapping' && value.entries.size === 0;
    return value === undefined || isEmpty ? [] : [{ what, why }];
  });
}

/** A note about a nested stack whose template is not on this machine; undefined for others. */
export function ignoredStack(resource: Resource, scope: EvaluationScope): Ignored | undefined {
  const properties = new Properties(resource.properties, scope);
  if (nestedFile(resource, properties) !== undefined) return undefined;
  const isOfRepository = properties.get('Location')?.kind === 'mapping';
  const where = isOfRepository ? 'of the Serverless Application Repository' : 'whose template is in S3';
  const name = resource.serverless ? 'Location' : 'TemplateURL';
  return {
    what: `${resource.type} ${where}`,
    why: `is not hosted; download its template and name the file in ${name}`,
  };
}

export function ignoredType({ type }: Resource): Ignored | undefined {
  const why = types[type];
  return why === undefined ? undefined : { what: type, why };
}
