import { parseFunctionReference } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import type { InvocationTarget } from '../functions/invocation-target';
import type { Caller } from './caller';
import { nameTooLong } from './references';

/**
 * Parses a name, a partial or a full ARN, each with an optional qualifier; the query may have the qualifier instead.
 * @throws {LambdaError} if it is not a name, or the qualifiers differ
 */
export function parseTarget(name: string, queried: string | undefined, caller: Caller): InvocationTarget {
  const reference = parseFunctionReference(name);
  if (reference.kind === 'malformed') throw nameTooLong(name);
  if (queried !== undefined && reference.qualifier !== undefined && queried !== reference.qualifier) {
    throw new LambdaError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const { functionName, region = caller.region, accountId = caller.accountId } = reference;
  const qualifier = queried ?? reference.qualifier;
  const target = {
    functionName,
    scope: { region, accountId },
    hasScope: reference.region !== undefined || reference.accountId !== undefined,
  };
  return qualifier === undefined ? target : { ...target, qualifier };
}
