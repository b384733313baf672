import type { Input } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import type { Registry } from '../../functions/registry';
import { Documents } from '../../functions/state';

type Created = Input<'CreateCodeSigningConfig'>;

export interface CodeSigningConfig {
  readonly id: string;
  readonly description: string;
  readonly AllowedPublishers: Created['AllowedPublishers'];
  readonly untrusted: 'Warn' | 'Enforce';
  readonly modifiedMs: number;
}

/** By their ids, `csc-` and 17 letters and digits. */
export const codeSigningConfigs = ({ database }: Registry) =>
  new Documents<CodeSigningConfig>(database, 'code-signing-config');

/** What the operations on these configurations answer; those on functions have another error for it. */
export const noSuchCodeSigningConfig = (arn: string) =>
  new LambdaError(
    'ResourceNotFoundException',
    `The Lambda code signing configuration ${arn} can not be found.`,
  );
