import type { Input } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import type { Registry } from '../../functions/registry/registry';
import { Documents } from '../../functions/registry/state';
import type { Caller } from '../caller';

type Created = Input<'CreateCodeSigningConfig'>;

export interface CodeSigningConfig {
  readonly id: string;
  readonly description: string;
  readonly AllowedPublishers: Created['AllowedPublishers'];
  readonly untrusted: 'Warn' | 'Enforce';
  readonly modifiedMs: number;
}

/** By id: `csc-` and 17 letters and digits. */
export const codeSigningConfigs = ({ database }: Registry) =>
  new Documents<CodeSigningConfig>(database, 'code-signing-config');

/** Which configuration a function has, by the function's name. */
export const codeSigningUses = ({ database }: Registry) =>
  new Documents<{ readonly id: string }>(database, 'function-code-signing-config');

/** The id of the configuration with an ARN. @throws {LambdaError} where it does not exist */
export function existingSigningId(registry: Registry, caller: Caller, arn: string): string {
  const id = codeSigningId(arn, caller);
  if (id !== undefined && codeSigningConfigs(registry).get(caller, id) !== undefined) return id;
  throw new LambdaError(
    'CodeSigningConfigNotFoundException',
    `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
  );
}

export const codeSigningArn = (id: string, { region, accountId }: Caller) =>
  `arn:aws:lambda:${region}:${accountId}:code-signing-config:${id}`;

/** Undefined if the ARN is of another account or region. */
export function codeSigningId(arn: string, caller: Caller): string | undefined {
  const id = arn.split(':').at(-1) ?? '';
  return codeSigningArn(id, caller) === arn ? id : undefined;
}

/** The error of operations on these configurations; operations on functions have another one. */
export const noSuchCodeSigningConfig = (arn: string) =>
  new LambdaError(
    'ResourceNotFoundException',
    `The Lambda code signing configuration ${arn} can not be found.`,
    {},
    { blameless: true },
  );
