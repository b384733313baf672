import type { Input } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import { checkRevision } from '../../functions/registry/registry';
import { Documents } from '../../functions/registry/state';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { policyText, principalOf, type Statement, withoutStatement, withStatement } from '../policy';
import { arnOf, type ResourceTarget, targetOf } from '../references';
import {
  exists,
  invalidValue,
  noSuchResource,
  type ResourceParts,
  renewRevision,
  revisionOf,
  targetKey,
  targetOwner,
} from './parts';

interface Policy {
  readonly statements: readonly Statement[];
}

/** Operations on resource policies, which allow invocations; one per function, version and alias. */
export function permissionOperations({ registry }: ResourceParts): Operations {
  const policies = new Documents<Policy>(registry.database, 'policy');

  return {
    AddPermission(input, caller) {
      const target = targetOf(input, caller);
      if (target.qualifier === '$LATEST') {
        throw invalidValue('We currently do not support adding policies for $LATEST.');
      }
      return registry.write(caller, target.functionName, () => {
        const revisionId = revisionOf(registry, caller, target);
        const statement = statementOf(input, arnOf(caller, target));
        checkRevision(input.RevisionId, { revisionId }, 'GetPolicy');
        const before = policies.get(caller, targetKey(target))?.statements ?? [];
        const statements = withStatement(before, statement);
        policies.put(caller, targetKey(target), { statements }, targetOwner(target));
        renewRevision(registry, caller, target);
        return { Statement: JSON.stringify(statement) };
      });
    },

    GetPolicy(input, caller) {
      const target = withoutLatest(targetOf(input, caller));
      registry.function(caller, target.functionName);
      const policy = exists(registry, caller, target) && policies.get(caller, targetKey(target));
      if (!policy) throw noSuchResource();
      return { Policy: policyText(policy.statements), RevisionId: revisionOf(registry, caller, target) };
    },

    RemovePermission(input, caller) {
      const target = withoutLatest(targetOf(input, caller));
      if (registry.functions.get(caller, target.functionName) === undefined) {
        throw noPolicyFor(caller, target);
      }
      registry.write(caller, target.functionName, () => {
        const revisionId = revisionOf(registry, caller, target);
        const policy = policies.get(caller, targetKey(target));
        if (policy === undefined) {
          throw new LambdaError(
            'ResourceNotFoundException',
            'No policy is associated with the given resource.',
          );
        }
        const statements = withoutStatement(policy.statements, input.StatementId);
        checkRevision(input.RevisionId, { revisionId });
        if (statements.length === 0) policies.remove(caller, targetKey(target));
        else policies.replace(caller, targetKey(target), { statements });
        renewRevision(registry, caller, target);
      });
      return undefined;
    },
  };
}

/** A policy of `$LATEST` is that of the function. */
function withoutLatest({ functionName, qualifier }: ResourceTarget): ResourceTarget {
  return qualifier === undefined || qualifier === '$LATEST' ? { functionName } : { functionName, qualifier };
}

function noPolicyFor(caller: Caller, target: ResourceTarget): LambdaError {
  return new LambdaError('ResourceNotFoundException', `No policy found for: ${arnOf(caller, target)}`);
}

/** Conditions have the order that was recorded from the service. */
function statementOf(input: Input<'AddPermission'>, resource: string): Statement {
  const { Action, FunctionUrlAuthType, InvokedViaFunctionUrl } = input;
  if (FunctionUrlAuthType !== undefined && Action !== 'lambda:InvokeFunctionUrl') {
    throw invalidValue('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action');
  }
  const equals = present({
    'lambda:FunctionUrlAuthType': FunctionUrlAuthType,
    'lambda:EventSourceToken': input.EventSourceToken,
    'aws:PrincipalOrgID': input.PrincipalOrgID,
    'AWS:SourceAccount': input.SourceAccount,
  });
  const like = present({ 'AWS:SourceArn': input.SourceArn });
  const bool = present({
    'lambda:InvokedViaFunctionUrl':
      InvokedViaFunctionUrl === undefined ? undefined : `${InvokedViaFunctionUrl}`,
  });
  const condition = present({ StringEquals: equals, ArnLike: like, Bool: bool });
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal),
    Action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  };
}

/** The members that have a value; undefined if no member has one. */
function present<T>(values: Readonly<Record<string, T | undefined>>): Record<string, T> | undefined {
  const entries = Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
