import { LambdaError } from '../../aws/errors';
import { aliasKey, newRevisionId, type Registry, versionKey } from '../../functions/registry/registry';
import { functionOwner } from '../../functions/registry/state';
import type { VisibleProgress } from '../../hosting/visible-progress';
import type { Caller } from '../caller';
import { arnOf, type ResourceTarget } from '../references';

/** Dependencies of operations on resources. */
export interface ResourceParts {
  readonly registry: Registry;
  readonly progress: VisibleProgress;
  /** The address of the function URL with this id, with a trailing slash. */
  readonly urlOf: (urlId: string, region: string) => string;
}

/** Key of what is stored once per function and once per each of its versions and aliases. */
export const targetKey = ({ functionName, qualifier }: ResourceTarget): string =>
  qualifier === undefined ? functionName : `${functionName}:${qualifier}`;

/** Owner of documents that are removed with a target. The owner for `$LATEST` is the function. */
export const targetOwner = ({ functionName, qualifier }: ResourceTarget): string =>
  functionOwner(functionName, qualifier === '$LATEST' ? undefined : qualifier);

/** Whether there is such a function, and such a version or alias of it. */
export function exists(
  registry: Registry,
  caller: Caller,
  { functionName, qualifier }: ResourceTarget,
): boolean {
  if (registry.functions.get(caller, functionName) === undefined) return false;
  if (qualifier === undefined || qualifier === '$LATEST') return true;
  return /^\d+$/.test(qualifier)
    ? registry.versions.get(caller, versionKey(functionName, qualifier)) !== undefined
    : registry.aliases.get(caller, aliasKey(functionName, qualifier)) !== undefined;
}

/**
 * The revision of a function, version or alias.
 * @throws {LambdaError} if it does not exist; the text names the missing part
 */
export function revisionOf(registry: Registry, caller: Caller, target: ResourceTarget): string {
  const { functionName, qualifier } = target;
  const record = registry.function(caller, functionName);
  if (qualifier === undefined || qualifier === '$LATEST') return record.revisionId;
  if (/^\d+$/.test(qualifier) || qualifier.includes('$')) {
    return registry.version(caller, functionName, qualifier).revisionId;
  }
  const alias = registry.aliases.get(caller, aliasKey(functionName, qualifier));
  if (alias !== undefined) return alias.revisionId;
  throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arnOf(caller, target)}`);
}

/**
 * Gives a function, version or alias a new revision, as the service does when a policy or tags of it change. One
 * that is being activated keeps its own, by which the activation knows it again; it gets a new one at its end.
 */
export function renewRevision(
  { functions, versions, aliases }: Registry,
  caller: Caller,
  target: ResourceTarget,
): void {
  const { functionName, qualifier } = target;
  const revisionId = newRevisionId();
  if (qualifier === undefined || qualifier === '$LATEST') {
    const record = functions.get(caller, functionName);
    if (record === undefined || record.state === 'Pending' || record.update === 'InProgress') return;
    functions.replace(caller, functionName, { ...record, revisionId });
    return;
  }
  if (/^\d+$/.test(qualifier)) {
    const key = versionKey(functionName, qualifier);
    const record = versions.get(caller, key);
    if (record && record.state !== 'Pending') versions.replace(caller, key, { ...record, revisionId });
    return;
  }
  const key = aliasKey(functionName, qualifier);
  const alias = aliases.get(caller, key);
  if (alias) aliases.replace(caller, key, { ...alias, revisionId });
}

/** The error of most operations for a missing resource. */
export const noSuchResource = () =>
  new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');

export const invalidValue = (message: string) => new LambdaError('InvalidParameterValueException', message);
