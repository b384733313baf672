import { LambdaError } from '../../aws/errors';
import { LayerRegistry } from '../../functions/registry/layers';
import { newRevisionId } from '../../functions/registry/registry';
import { Documents, layerOwner } from '../../functions/registry/state';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { policyText, type Statement, withoutStatement, withStatement } from '../policy';
import { invalidValue, type ResourceParts } from './parts';

interface LayerPolicy {
  readonly statements: readonly Statement[];
  readonly revisionId: string;
}

interface Named {
  readonly LayerName: string;
  readonly VersionNumber: number;
}

/** Who may use a version of a layer. */
export function layerPolicyOperations({ registry }: ResourceParts): Operations {
  const layers = new LayerRegistry(registry);
  const policies = new Documents<LayerPolicy>(registry.database, 'layer-policy');

  const existing = ({ LayerName, VersionNumber: version }: Named, caller: Caller) => {
    if (version < 1) throw invalidValue('Layer Version Cannot be less than 1');
    const arn = LayerName.startsWith('arn:') ? LayerName : layerArn(LayerName, caller);
    const name = arn.split(':').at(-1) ?? '';
    const record = arn === layerArn(name, caller) ? layers.get(caller, name, version) : undefined;
    if (record === undefined) {
      throw new LambdaError('ResourceNotFoundException', `Layer version ${arn}:${version} does not exist.`);
    }
    return { key: `${name}:${version}`, arn: `${arn}:${version}`, owner: layerOwner(name, version) };
  };
  const stored = (key: string, caller: Caller): LayerPolicy => {
    const policy = policies.get(caller, key);
    if (policy !== undefined) return policy;
    throw new LambdaError('ResourceNotFoundException', 'No policy is associated with the given resource.');
  };

  return {
    AddLayerVersionPermission(input, caller) {
      return registry.database.transaction(() => {
        const { key, arn, owner } = existing(input, caller);
        const before = policies.get(caller, key);
        checkLayerRevision(input.RevisionId, before);
        const { OrganizationId, Principal } = input;
        if (OrganizationId !== undefined && Principal !== '*') {
          throw invalidValue('OrganizationId is only supported with the principal *.');
        }
        const statement = statementOf(input, arn);
        const revisionId = newRevisionId();
        const statements = withStatement(before?.statements ?? [], statement);
        policies.put(caller, key, { statements, revisionId }, owner);
        return { Statement: JSON.stringify(statement), RevisionId: revisionId };
      });
    },

    GetLayerVersionPolicy(input, caller) {
      const { statements, revisionId } = stored(existing(input, caller).key, caller);
      return { Policy: policyText(statements), RevisionId: revisionId };
    },

    RemoveLayerVersionPermission(input, caller) {
      registry.database.transaction(() => {
        const { key } = existing(input, caller);
        const before = stored(key, caller);
        const statements = withoutStatement(before.statements, input.StatementId);
        checkLayerRevision(input.RevisionId, before);
        if (statements.length === 0) policies.remove(caller, key);
        else policies.replace(caller, key, { statements, revisionId: newRevisionId() });
      });
      return undefined;
    },
  };
}

const layerArn = (name: string, { region, accountId }: Caller) =>
  `arn:aws:lambda:${region}:${accountId}:layer:${name}`;

function checkLayerRevision(asked: string | undefined, policy: LayerPolicy | undefined): void {
  if (asked === undefined || asked === policy?.revisionId) return;
  throw new LambdaError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
  );
}

interface Asked {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly OrganizationId?: string;
}

/** An account's number is written as its root's ARN, as in the policy of a function. */
function statementOf({ StatementId, Action, Principal, OrganizationId }: Asked, resource: string): Statement {
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal:
      Principal === '*'
        ? '*'
        : { AWS: Principal.startsWith('arn:') ? Principal : `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: resource,
    ...(OrganizationId !== undefined && {
      Condition: { StringEquals: { 'aws:PrincipalOrgID': OrganizationId } },
    }),
  };
}
