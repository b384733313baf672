import { LambdaError } from '../../aws/errors';
import { LayerRegistry } from './layers';
import type { LayerRecord } from './records';
import type { Registry } from './registry';
import { Documents, type Scope } from './state';

/** A layer, or a version of it, in the account and region of its ARN. */
export interface LayerReference {
  readonly scope: Scope;
  readonly name: string;
  readonly version?: number;
}

const layerArn = /^arn:[^:]+:lambda:([^:]+):(\d{12}):layer:([^:]+)(?::(\d+))?$/;

/** A name alone means the caller's own layer. */
export function layerReference(nameOrArn: string, caller: Scope): LayerReference {
  const [, region, accountId, name, version] = layerArn.exec(nameOrArn) ?? [];
  if (region === undefined || accountId === undefined || name === undefined) {
    return { scope: caller, name: nameOrArn };
  }
  return {
    scope: { region, accountId },
    name,
    ...(version !== undefined && { version: Number(version) }),
  };
}

interface Policy {
  readonly statements: readonly { readonly Principal: '*' | Readonly<Record<string, string>> }[];
}

/**
 * A layer version of any account. Versions of other accounts need a policy that allows access. lambdock has no
 * organizations: a permission for an organization allows all accounts.
 * @returns undefined if the caller's own account has no such version
 * @throws {LambdaError} `AccessDeniedException` if another account has no such version or does not share it
 */
export function sharedLayer(
  registry: Registry,
  caller: Scope,
  { scope, name, version = 0 }: LayerReference,
): LayerRecord | undefined {
  const record = new LayerRegistry(registry).get(scope, name, version);
  if (scope.accountId === caller.accountId) return record;
  const policy = new Documents<Policy>(registry.database, 'layer-policy').get(scope, `${name}:${version}`);
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const shared = policy?.statements.some(({ Principal }) => Principal === '*' || Principal.AWS === root);
  if (record !== undefined && shared && scope.region === caller.region) return record;
  const arn = `arn:aws:lambda:${scope.region}:${scope.accountId}:layer:${name}:${version}`;
  throw layerAccessDenied(caller, 'GetLayerVersion', arn);
}

export function layerAccessDenied({ accountId }: Scope, action: string, arn: string): LambdaError {
  return new LambdaError(
    'AccessDeniedException',
    `User: arn:aws:iam::${accountId}:root is not authorized to perform: lambda:${action} on resource: ${arn} because no resource-based policy allows the lambda:${action} action`,
  );
}
