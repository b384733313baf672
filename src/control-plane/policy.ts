import { LambdaError } from '../aws/errors';
import { limits } from '../aws/limits';

/** A statement of a resource policy, its members in the order in which the service writes them. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The document as `GetPolicy` has it, a text within the JSON. */
export function policyText(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/** @throws {LambdaError} where the id is taken or the policy gets too long */
export function withStatement(before: readonly Statement[], statement: Statement): readonly Statement[] {
  if (before.some(({ Sid }) => Sid === statement.Sid)) {
    throw new LambdaError(
      'ResourceConflictException',
      `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const after = [...before, statement];
  const sizeBytes = Buffer.byteLength(policyText(after));
  if (sizeBytes > limits.policyBytes) {
    throw new LambdaError(
      'PolicyLengthExceededException',
      `The final policy size (${sizeBytes}) is bigger than the limit (${limits.policyBytes}).`,
    );
  }
  return after;
}

/** @throws {LambdaError} where there is no statement of this id */
export function withoutStatement(before: readonly Statement[], id: string): readonly Statement[] {
  const after = before.filter(({ Sid }) => Sid !== id);
  if (after.length < before.length) return after;
  throw new LambdaError('ResourceNotFoundException', `Statement ${id} is not found in resource policy.`);
}

/**
 * How a policy writes whom it allows: everyone (`*`), an account (12 digits), a user or role (its ARN), or a service.
 * @throws {LambdaError} for any other principal
 */
export function principalOf(principal: string): Statement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[a-zA-Z-]*:(iam|sts)::\d{12}:.+$/.test(principal)) return { AWS: principal };
  // The service has a list of principals; lambdock accepts every name of that form.
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(principal)) {
    return { Service: principal };
  }
  throw new LambdaError(
    'InvalidParameterValueException',
    'The provided principal was invalid. Please check the principal and try again.',
  );
}
