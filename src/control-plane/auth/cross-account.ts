import { formatFunctionArn, parseFunctionReference } from '../../aws/arn';
import type { OperationName } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import type { Registry } from '../../functions/registry/registry';
import { Documents, type Scope } from '../../functions/registry/state';
import type { Caller } from '../caller';
import type { Statement } from '../policy';

/**
 * Operations that a function's policy can allow other accounts:
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
const shareable: ReadonlySet<OperationName> = new Set([
  ...(['CreateAlias', 'DeleteAlias', 'GetAlias', 'ListAliases', 'UpdateAlias'] as const),
  ...(['DeleteFunction', 'GetFunction', 'GetFunctionConfiguration', 'UpdateFunctionCode'] as const),
  ...(['UpdateFunctionConfiguration', 'PublishVersion', 'ListVersionsByFunction', 'GetPolicy'] as const),
  ...(['PutFunctionConcurrency', 'GetFunctionConcurrency', 'DeleteFunctionConcurrency'] as const),
  ...(['PutProvisionedConcurrencyConfig', 'GetProvisionedConcurrencyConfig'] as const),
  ...(['DeleteProvisionedConcurrencyConfig', 'ListProvisionedConcurrencyConfigs'] as const),
  ...(['PutFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'] as const),
  ...(['GetFunctionEventInvokeConfig', 'DeleteFunctionEventInvokeConfig'] as const),
  ...(['ListFunctionEventInvokeConfigs', 'ListTags', 'TagResource', 'UntagResource', 'InvokeAsync'] as const),
]);

interface Shared {
  readonly functionName: string;
  readonly qualifier?: string;
}

/** Decides by the policies of functions what accounts may do with functions of others. */
export class CrossAccount {
  readonly #policies: Documents<{ readonly statements: readonly Statement[] }>;

  constructor({ database }: Registry) {
    this.#policies = new Documents(database, 'policy');
  }

  /**
   * The account for which an operation runs: the caller's, or that of the named function if its policy allows it.
   * @throws {LambdaError} `AccessDeniedException` if the policy does not allow it
   */
  actor(operation: OperationName, input: Readonly<Record<string, unknown>>, caller: Caller): Caller {
    const named = input.FunctionName ?? input.Resource;
    if (typeof named !== 'string' || !shareable.has(operation)) return caller;
    // Tags are also of resources that have no policy, such as event source mappings.
    if (named === input.Resource && named.split(':')[5] !== 'function') return caller;
    const reference = parseFunctionReference(named);
    if (reference.kind === 'malformed') return caller;
    const { functionName, region = caller.region, accountId = caller.accountId } = reference;
    // Functions of another region are out of reach for every account.
    if (accountId === caller.accountId || region !== caller.region) return caller;
    const asked = typeof input.Qualifier === 'string' ? input.Qualifier : reference.qualifier;
    this.check(
      operation === 'InvokeAsync' ? 'InvokeFunction' : operation,
      { region, accountId },
      { functionName, ...(asked !== undefined && { qualifier: asked }) },
      caller.accountId,
    );
    return { ...caller, accountId };
  }

  /** @throws {LambdaError} `AccessDeniedException` if another account's function does not allow the action */
  check(action: string, owner: Scope, shared: Shared, accountId: string): void {
    if (this.allows(action, owner, shared, accountId)) return;
    const { functionName, qualifier } = shared;
    const arn = formatFunctionArn({
      ...owner,
      functionName,
      ...(qualifier !== undefined && { qualifier }),
    });
    throw new LambdaError(
      'AccessDeniedException',
      `User: arn:aws:iam::${accountId}:root is not authorized to perform: lambda:${action} on resource: ${arn} because no resource-based policy allows the lambda:${action} action`,
    );
  }

  /** Whether a function is the account's own, or its policy allows the account the action. */
  allows(action: string, owner: Scope, { functionName, qualifier }: Shared, accountId: string): boolean {
    if (owner.accountId === accountId) return true;
    const isWhole = qualifier === undefined || qualifier === '$LATEST';
    const policy = this.#policies.get(owner, isWhole ? functionName : `${functionName}:${qualifier}`);
    return policy?.statements.some((statement) => matches(statement, action, accountId)) === true;
  }
}

/** Conditions that requests of accounts never meet: those for services, and for organizations, which lambdock lacks. */
const unmet = [
  'AWS:SourceAccount',
  'AWS:SourceArn',
  'lambda:EventSourceToken',
  'lambda:InvokedViaFunctionUrl',
];

function matches(
  { Action, Principal, Condition = {} }: Statement,
  action: string,
  accountId: string,
): boolean {
  const conditions = Object.assign({}, ...Object.values(Condition)) as Readonly<Record<string, string>>;
  if (unmet.some((name) => name in conditions)) return false;
  // Only a URL with this type asks for a permission.
  if ((conditions['lambda:FunctionUrlAuthType'] ?? 'AWS_IAM') !== 'AWS_IAM') return false;
  if (Action !== '*' && Action !== 'lambda:*' && Action !== `lambda:${action}`) return false;
  return Principal === '*' || ('AWS' in Principal && Principal.AWS.split(':')[4] === accountId);
}
