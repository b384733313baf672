import { formatFunctionArn, parseFunctionReference } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import { limits } from '../aws/limits';
import type { Caller } from './caller';

/** A function, or one of its versions or aliases, in the caller's account and region. */
export interface ResourceTarget {
  readonly functionName: string;
  /** `$LATEST`, a version's number or an alias; absent where the caller named none. */
  readonly qualifier?: string;
}

interface Named {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

/**
 * Resolves an operation's `FunctionName` (a name, a partial or a full ARN) and `Qualifier`.
 * @throws {LambdaError} if they contradict each other or name another region or account
 */
export function targetOf({ FunctionName, Qualifier }: Named, caller: Caller): ResourceTarget {
  const reference = parseFunctionReference(FunctionName);
  // The model's length is for ARNs: a plain name can still be too long.
  if (reference.kind === 'malformed') throw nameTooLong(FunctionName);
  const { functionName, region, accountId } = reference;
  if (region !== undefined && region !== caller.region) {
    throw unreachable(region, caller);
  }
  if (accountId !== undefined && accountId !== caller.accountId) {
    const arn = formatFunctionArn({ region: caller.region, accountId, functionName });
    // No policy can allow it: the service was recorded to send null instead of a text (CreateFunction, 2024-04).
    throw new LambdaError(
      'AccessDeniedException',
      `User: arn:aws:iam::${caller.accountId}:root is not authorized to access the resource: ${arn}`,
      {},
      { wordless: true },
    );
  }
  if (Qualifier !== undefined && reference.qualifier !== undefined && Qualifier !== reference.qualifier) {
    throw new LambdaError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const qualifier = Qualifier ?? reference.qualifier;
  return { functionName, ...(qualifier !== undefined && { qualifier }) };
}

export const unreachable = (region: string, caller: Caller) =>
  new LambdaError(
    'ResourceNotFoundException',
    `Functions from '${region}' are not reachable in this region ('${caller.region}')`,
  );

export const nameTooLong = (name: string) =>
  new LambdaError(
    'InvalidParameterValueException',
    `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${limits.functionNameLength}`,
  );

/**
 * The function of an operation on whole functions. `$LATEST` is accepted unless the service was recorded to refuse it.
 * @throws {LambdaError} if a version or an alias is named
 */
export function functionOf(named: Named, caller: Caller, allowed: readonly string[] = ['$LATEST']): string {
  const { functionName, qualifier } = targetOf(named, caller);
  if (qualifier === undefined || allowed.includes(qualifier)) return functionName;
  throw new LambdaError(
    'InvalidParameterValueException',
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}

/** The ARN of a target in the caller's region and account, with its qualifier if it has one. */
export function arnOf(caller: Caller, { functionName, qualifier }: ResourceTarget): string {
  const { region, accountId } = caller;
  return formatFunctionArn({
    region,
    accountId,
    functionName,
    ...(qualifier !== undefined && { qualifier }),
  });
}
